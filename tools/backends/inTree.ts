import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { livePid, onlyChild, startProcess } from "./Process.ts"
import { run } from "./run.ts"
import { tree, treeUser } from "./tree.ts"

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/** How a server sits in the tree. */
export interface InTree {
  /** Directories that are the same inside and outside, besides the state directory and the one for temporary files. */
  readonly shared?: ReadonlyArray<string>
  readonly user?: "root" | "tester"
  readonly env?: Readonly<Record<string, string>>
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
const words = (command: ReadonlyArray<string>): string => command.map(quoted).join(" ")

// Changing the user takes away the kernel's promise to end the first process with `unshare`: --pdeathsig renews it.
const asUser = (user: "root" | "tester"): ReadonlyArray<string> =>
  user === "root"
    ? []
    : ["setpriv", "--pdeathsig=KILL", `--reuid=${treeUser.uid}`, `--regid=${treeUser.uid}`, "--clear-groups"]

const clean = (state: string, options: InTree): ReadonlyArray<string> => [
  "env",
  "-i",
  `PATH=${path}`,
  `HOME=${state}`,
  "LANG=C.UTF-8",
  `USER=${options.user ?? "root"}`,
  ...Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`)
]

/**
 * The script that makes the tree the root of a new mount namespace. Its top layer is memory, so that servers share the
 * tree and none changes it. Mounts and processes are the namespace's own: they end with its first process, however
 * that ends, and nothing has to be unmounted.
 */
const enter = (state: string, command: ReadonlyArray<string>, options: InTree): string => `set -eu
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o ${quoted(`lowerdir=${join(tree().dir, "root")},upperdir=/mnt/upper,workdir=/mnt/work`)} /mnt/root
root=/mnt/root
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
for dir in ${words([...new Set([tmpdir(), state, ...(options.shared ?? [])])])}; do
  mkdir -p "$root$dir"
  mount --bind "$dir" "$root$dir"
done
mkdir -p "$root/old"
cd "$root"
pivot_root . old
umount -l /old
cd /
exec ${words([...clean(state, options), ...asUser(options.user ?? "root"), ...command])}
`

/** Starts a server with the tree as its root, in mount and process namespaces of its own. */
export const startInTree = (state: string, name: string, command: ReadonlyArray<string>, options: InTree): void => {
  const script = join(state, `${name}.sh`)
  writeFileSync(script, enter(state, command, options))
  startProcess(state, name, ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", script])
}

/** Runs one command in the tree to its end. */
export const runInTree = (state: string, command: ReadonlyArray<string>): Promise<string> =>
  run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", enter(state, command, {})])

/** The server itself, as this machine numbers it: `unshare` is its parent. */
export const pidInTree = (state: string, name: string): number | undefined => {
  const outer = livePid(state, name)
  return outer === undefined ? undefined : onlyChild(outer)
}

/**
 * Writes programs that run the tree's own of the same name beside a started server, in the caller's directory where
 * the tree has it. They become the tool by exec, so that signals reach it.
 */
export const wrap = (state: string, server: string, tools: ReadonlyArray<string>, options: InTree): string => {
  const bin = join(state, "bin")
  mkdirSync(bin, { recursive: true })
  const inside = words([...clean(state, options), ...asUser(options.user ?? "root")])
  for (const tool of tools) {
    const file = join(bin, basename(tool))
    const go = words(["sh", "-c", `cd "$1" 2>/dev/null || cd /; shift; exec ${tool} "$@"`])
    writeFileSync(
      file,
      `#!/bin/sh\nread -r pid _ <${quoted(join(state, `${server}.pid`))} || exit 127\nexec nsenter --target "$pid" --mount ${inside} ${go} sh "$PWD" "$@"\n`
    )
    chmodSync(file, 0o755)
  }
  return bin
}
