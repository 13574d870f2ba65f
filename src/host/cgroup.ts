/** Reads a process's systemd unit and container out of /proc/PID/cgroup. */

/** Where a process belongs. */
export interface CgroupMembership {
  /** The innermost systemd service or scope, as `systemctl status` takes it. */
  readonly unit: string | null;
  /** `runtime:id`, the id cut to the 12 digits that `docker ps` and `crictl ps` accept. */
  readonly container: string | null;
  /** Kubernetes pod uid. */
  readonly pod: string | null;
}

/** How container engines name their groups; the first that matches the innermost part wins. */
const ENGINES: readonly (readonly [runtime: string, pattern: RegExp])[] = [
  ["docker", /^docker-([0-9a-f]{64})\.scope$/],
  ["containerd", /^cri-containerd-([0-9a-f]{64})\.scope$/],
  ["containerd", /:cri-containerd:([0-9a-f]{64})$/],
  ["cri-o", /^crio-([0-9a-f]{64})(?:\.scope)?$/],
  ["podman", /^libpod-([0-9a-f]{64})(?:\.scope)?$/],
  ["lxc", /^lxc\.payload\.(.+)$/],
  ["nspawn", /^machine-(.+)\.scope$/],
  ["nspawn", /^systemd-nspawn@(.+)\.service$/],
];

const ID = /^[0-9a-f]{64}$/;
const POD = /(?:^|-)pod([0-9a-f]{8}[-_]?(?:[0-9a-f]{4}[-_]?){3}[0-9a-f]{12})(?:\.slice)?(?::|$)/;

/**
 * Read the text of /proc/PID/cgroup, version 1, 2 or both.
 *
 * Paths are relative to our own control group namespace: inside a container the outer part, and the
 * container's id with it, may be invisible. The names are what the engines happen to use (docker,
 * containerd, CRI-O, podman, LXC, systemd-nspawn); any other tree is no container to us.
 */
export function parseCgroup(text: string): CgroupMembership {
  const paths = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ controllers: line.split(":", 2)[1] ?? "", path: afterColons(line) }));
  const systemd =
    paths.find(({ controllers, path }) => controllers === "" && path !== "/") ??
    paths.find(({ controllers }) => controllers === "name=systemd");
  const first = <T>(read: (path: string) => T | null): T | null => {
    for (const { path } of paths) {
      const found = read(path);
      if (found !== null) return found;
    }
    return null;
  };
  return {
    unit: systemd === undefined ? null : unitOf(systemd.path),
    container: first(containerOf),
    pod: first(podOf),
  };
}

/** The path is what follows the second colon; it may hold colons itself. */
function afterColons(line: string): string {
  return line.slice(line.indexOf(":", line.indexOf(":") + 1) + 1);
}

function unitOf(path: string): string | null {
  const parts = path.split("/").reverse();
  const unit =
    parts.find((part) => part.endsWith(".service")) ??
    parts.find((part) => part.endsWith(".scope"));
  return unit === undefined ? null : unit.replace(/^_/, "");
}

function containerOf(path: string): string | null {
  const parts = path.split("/");
  for (let i = parts.length - 1; i >= 0; i -= 1) {
    const part = parts[i] ?? "";
    for (const [runtime, pattern] of ENGINES) {
      const id = pattern.exec(part)?.[1];
      if (id !== undefined) return `${runtime}:${ID.test(id) ? id.slice(0, 12) : id}`;
    }
    const parent = parts[i - 1] ?? "";
    if (parent === "lxc" || parent === "lxc.payload") return `lxc:${part}`;
    if (ID.test(part)) return `${engineAbove(parts.slice(0, i))}:${part.slice(0, 12)}`;
  }
  return null;
}

/** Groups named by a bare id stand below their engine's name, or below a pod, which says nothing. */
function engineAbove(parts: readonly string[]): string {
  const above = parts.join("/");
  if (/(?:^|\/)(?:docker|ecs)(?:\/|$)/.test(above)) return "docker";
  return above.includes("libpod") ? "podman" : "container";
}

function podOf(path: string): string | null {
  for (const part of path.split("/").reverse()) {
    const uid = POD.exec(part)?.[1];
    if (uid !== undefined) return uid.replaceAll("_", "-");
  }
  return null;
}
