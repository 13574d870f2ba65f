// Says in words what a trace was told to watch.
import type { RecordingHeader } from "../../event/recording.ts";

/** `all namespaces, all ports`, or what the filters of the header leave. */
export function scopeText({ filters }: Pick<RecordingHeader, "filters">): string {
  const { netns, port, ...others } = filters;
  const ports = Array.isArray(port) ? port.join(",") : port;
  const parts = [
    netns === undefined ? "all namespaces" : `namespace ${netns}`,
    ports === undefined ? "all ports" : `port ${ports}`,
    ...Object.entries(others).map(([name, value]) => `${name} ${[value].flat().join(",")}`),
  ];
  return parts.join(", ");
}
