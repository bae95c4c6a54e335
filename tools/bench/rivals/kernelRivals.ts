import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { benchCache } from "./benchCache.ts"

/** A program that runs the hold model and prints its events per second. */
export interface KernelRival {
  readonly name: string
  readonly eventsPerSecond: (pending: number, events: number) => number
}

const cache = benchCache()
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The rivals whose tools are on this machine, built on first use. One that is not there is named on stderr. */
export const kernelRivals = (): ReadonlyArray<KernelRival> => {
  mkdirSync(cache, { recursive: true })
  return [attempt("SimCore (needs cargo)", simcore), attempt("SimPy (needs python3 and pip)", simpy)].flat()
}

const attempt = (name: string, build: () => KernelRival): ReadonlyArray<KernelRival> => {
  try {
    return [build()]
  } catch (cause) {
    console.error(`not run: ${name}: ${cause instanceof Error ? cause.message.split("\n")[0] : String(cause)}`)
    return []
  }
}

const simcore = (): KernelRival => {
  const target = join(cache, "simcore")
  const manifest = here("./simcore/Cargo.toml")
  // The lock file is written beside the manifest; it is ignored there, since the crates are pinned by version.
  run("cargo", ["build", "--release", "--quiet", "--manifest-path", manifest, "--target-dir", target])
  const program = join(target, "release", "hold")
  return { name: "SimCore 0.1.0", eventsPerSecond: (pending, events) => figure(program, [pending, events]) }
}

const simpy = (): KernelRival => {
  const environment = join(cache, "simpy")
  const python = join(environment, "bin", "python")
  if (!existsSync(python)) {
    run("python3", ["-m", "venv", environment])
    run(python, ["-m", "pip", "install", "--quiet", "simpy==4.1.2"])
  }
  const script = here("./simpyHold.py")
  return {
    name: "SimPy 4.1.2",
    eventsPerSecond: (pending, events) => figure(python, [script, pending, Math.min(events, 200_000)])
  }
}

const run = (program: string, words: ReadonlyArray<string | number>): string =>
  execFileSync(program, words.map(String), { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 600_000 })

const figure = (program: string, words: ReadonlyArray<string | number>): number => Number(run(program, words))
