// Runs one drawn pool through the real negotiator and through the engine, cycle by cycle. The slots are only ads: any can be
// had, and what becomes of them between the cycles the tool says.
import type { Machine, Match } from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import { readMachines, readSubmissions, sequenceOf, slotText } from "./ads.ts"
import { compareCycle, type Outcome } from "./compareCycle.ts"
import type { Case } from "./draw.ts"
import { forgetSlots, prepare, submit } from "./prepare.ts"
import { RealAccounts } from "./RealAccounts.ts"
import { type RealPool, until } from "./RealPool.ts"
import { accountantOf, type Submission } from "./simulate.ts"
import { type Taken, World } from "./world.ts"

let sequence = 1_800_000_000

const advertise = async (real: RealPool, slots: ReadonlyArray<Machine>): Promise<ReadonlyArray<Machine>> => {
  sequence++
  const written = slots.map((slot) => slotText(slot, sequence))
  forgetSlots(real)
  real.run("advertise", ["-multiple", "UPDATE_STARTD_AD", real.write("slots", `${written.join("\n\n")}\n`)])
  return until("the slots", () => {
    const known = readMachines(real)
    return known.length === slots.length && known.every((it) => sequenceOf(it) === sequence) ? known : undefined
  })
}

const jobsTaken = (matches: ReadonlyArray<Match>, submissions: ReadonlyArray<Submission>): ReadonlyArray<Taken> => {
  const jobs = new Map(submissions.flatMap((one) => one.jobs).map((job) => [job.id, job] as const))
  return matches.flatMap(({ job: id, slot, submitter }) => {
    const job = jobs.get(id)
    return job === undefined ? [] : [{ job, submitter, slot }]
  })
}

/** All cycles of one pool on both sides, up to the first that differs. */
export const runCase = async (real: RealPool, pool: Case): Promise<ReadonlyArray<Outcome>> => {
  await prepare(real, pool)
  let logFrom = real.logEnd
  const accountant = accountantOf(pool, new RealAccounts(real.accounts()).updatedS)
  const world = new World(pool.slots)
  const outcomes: Array<Outcome> = []
  for (const [i, round] of pool.rounds.entries()) {
    submit(real, round.work, "executable = /bin/true")
    const machines = await advertise(real, world.machines)
    const submissions = await until("the submitters", () => readSubmissions(real))
    const outcome = {
      cycle: i + 1,
      ...(await compareCycle(real, { pool, accountant, machines, submissions, logFrom }))
    }
    logFrom = real.logEnd
    outcomes.push(outcome)
    if (outcome.differs >= 0) break
    const started = world.next(jobsTaken(outcome.result.matches, submissions), round.fate)
    if (started.length > 0) real.run("rm", [...started])
  }
  forgetSlots(real)
  return outcomes
}
