// What comes before the first cycle of a pool, and the work before each.
import { submitText } from "./ads.ts"
import type { Case, Work } from "./draw.ts"
import { type RealPool, until } from "./RealPool.ts"

const query = (type: string): string => `MyType = "Query"\nTargetType = "${type}"\nRequirements = true\n`

/** Takes all slots out of the collector. */
export const forgetSlots = (real: RealPool): void => {
  real.run("advertise", ["INVALIDATE_STARTD_ADS", real.write("everything", query("Machine"))])
}

const clear = async (real: RealPool): Promise<void> => {
  real.run("rm", ["-all"])
  await until("an empty queue", () => (real.run("q", ["-allusers", "-af", "ProcId"]).trim() === "" ? true : undefined))
  real.run("advertise", ["INVALIDATE_SUBMITTOR_ADS", real.write("submitters", query("Submitter"))])
}

const setAccounts = (real: RealPool, pool: Case): void => {
  const settings = [
    ["-setfactor", pool.factors],
    ["-setprio", pool.priorities],
    ["-setceiling", pool.ceilings],
    ["-setfloor", pool.floors]
  ] as const
  for (const [option, values] of settings) {
    for (const [name, value] of Object.entries(values)) real.run("userprio", [option, name, String(value)])
  }
}

/** Queues work. `executable` is the part of the submit description that says what the jobs do. */
export const submit = (real: RealPool, work: ReadonlyArray<Work>, executable: string): void => {
  if (work.length === 0) return
  const head = `universe = vanilla\ntransfer_executable = false\nshould_transfer_files = no\nnotification = never\n${executable}\n`
  real.run("submit", [real.write("work.sub", `${head}${work.map(submitText).join("\n")}\n`)])
}

/** Empties the queue and sets the pool's configuration and accounts. */
export const prepare = async (real: RealPool, pool: Case): Promise<void> => {
  await clear(real)
  await real.configure(Object.entries(pool.config).map(([name, value]) => `${name} = ${value}`))
  setAccounts(real, pool)
}
