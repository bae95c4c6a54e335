import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Fit } from "../../../packages/simulator/src/engine/HostClasses.ts"
import { benchCache } from "./benchCache.ts"

const MINUTES_MAX = 40

/** Seconds that CloudSim Plus takes for the same scenario. Needs java and mvn; builds on each call, which Maven makes short. */
export const cloudSimPlusSeconds = (fit: Fit, hosts: number, machines: number, tasks: number): number => {
  const folder = join(benchCache(), "cloudsimplus")
  mkdirSync(folder, { recursive: true })
  cpSync(fileURLToPath(new URL("./cloudsimplus", import.meta.url)), folder, { recursive: true })
  run("mvn", ["-q", "-B", "package", "dependency:copy-dependencies"], folder)
  const words = ["-Xmx6g", "-cp", "target/classes:target/dependency/*", "Iaas", fit, hosts, machines, tasks]
  return Math.round(Number(run("java", words, folder)) * 1000) / 1000
}

const run = (program: string, words: ReadonlyArray<string | number>, cwd: string): string =>
  execFileSync(program, words.map(String), {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: MINUTES_MAX * 60_000
  })
