// Chooses the scale of a chart's vertical axis so that every labelled row has a round value.

/** A vertical axis: each row stands for `step`, so the top edge is `step` times the rows. */
export interface Scale {
  readonly rows: number;
  readonly step: number;
  readonly max: number;
}

const ROUND_STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
/** A scale is kept until the data needs more, or less than this part of it. */
const SHRINK_BELOW = 0.4;

function roundStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(least));
  const factor = ROUND_STEPS.find((step) => step * magnitude >= least * (1 - 1e-9)) ?? 10;
  return factor * magnitude;
}

/**
 * Choose a scale for values up to `max` on so many rows.
 *
 * `previous` is the scale of the last frame: it stays while it fits, so that the axis does not
 * jump whenever a peak enters or leaves. Of what is counted every labelled value is whole.
 */
export function chooseScale(
  max: number,
  rows: number,
  previous: Scale | null = null,
  isCounted = false,
): Scale {
  if (previous && previous.rows === rows && max <= previous.max) {
    const fits = max > previous.max * SHRINK_BELOW || (max === 0 && previous.max === rows);
    if (fits) return previous;
  }
  const plain = roundStep(max / rows);
  const every = rowsPerLabel(rows);
  const isWhole = !isCounted || Number.isInteger(plain * every);
  const step = isWhole ? plain : Math.ceil(roundStep((max * every) / rows)) / every;
  return { rows, step, max: step * rows };
}

/** About one row in four has a label, at least two apart. */
const rowsPerLabel = (rows: number) => Math.max(Math.ceil(rows / 4), rows > 2 ? 2 : 1);

/**
 * The labelled rows with their values, from the top: a label stands at the upper edge of its row.
 * The zero stands on the axis below and is not among them.
 */
export function scaleLabels(scale: Scale): Array<{ readonly row: number; readonly value: number }> {
  const every = rowsPerLabel(scale.rows);
  const labels: Array<{ row: number; value: number }> = [];
  for (let above = every; above <= scale.rows; above += every) {
    labels.unshift({ row: scale.rows - above, value: above * scale.step });
  }
  return labels;
}
