import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { layer } from "../src/index.ts"

const {
  ORRERY_CONDOR_BIN: bin = "",
  ORRERY_CONDOR_CONFIG: configFile = "",
  ORRERY_CONDOR_JOBS: directory = ""
} = process.env

/** How the pool is reached that the runner of real tests started. */
export const settings = { bin, configFile, directory, paceMs: 200 }

/** That pool. */
export const pool = layer(settings)

/** One of the pool's own tools, as its administrator calls it. */
export const tool = (name: string, args: ReadonlyArray<string>, input = ""): string =>
  execFileSync(join(bin, `condor_${name}`), args, {
    env: { ...process.env, CONDOR_CONFIG: configFile },
    encoding: "utf8",
    cwd: directory,
    input
  }).trim()
