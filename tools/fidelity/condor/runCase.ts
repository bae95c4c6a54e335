// Runs one drawn pool through the real negotiator and through the engine, and compares what they decide, step by step and
// cycle by cycle, and what the accountants make of it.
import type {
  Accountant,
  CycleResult,
  Machine,
  Match
} from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import { readMachines, readSubmissions, slotText, submitText } from "./ads.ts"
import type { Case, Round } from "./draw.ts"
import { RealAccounts } from "./RealAccounts.ts"
import { type RealPool, until } from "./RealPool.ts"
import { accountantOf, type Submission, simulate } from "./simulate.ts"
import { type Taken, World } from "./world.ts"

/** What one cycle came to on both sides, as lines of words that both use. */
export interface Outcome {
  /** Which cycle of the pool, from 1. */
  readonly cycle: number
  readonly real: ReadonlyArray<string>
  readonly ours: ReadonlyArray<string>
  /** The first line that differs, -1 where none does. */
  readonly differs: number
  readonly result: CycleResult
  /** The real negotiator's log of the cycle. */
  readonly log: string
}

const matchLine =
  /^\S+ \S+ +(?:\([^)]*\) )*\s*Matched (\d+\.\d+) (\S+) \S+ preempting (.*?) <\S+> (\S+?)(?: \(offline\))?$/
const refusalLine = /^\S+ \S+ +Rejected (\d+\.\d+) (\S+) \S+: (.*)$/

const readSteps = (log: string): ReadonlyArray<string> =>
  log.split("\n").flatMap((line): ReadonlyArray<string> => {
    const match = matchLine.exec(line)
    if (match !== null) return [`${match[1]} of ${match[2]} gets ${match[4]}`]
    const refusal = refusalLine.exec(line)
    return refusal === null ? [] : [`${refusal[1]} of ${refusal[2]} is refused: ${refusal[3]}`]
  })

const ourSteps = (result: CycleResult): ReadonlyArray<string> =>
  result.decisions.map((step) =>
    step.kind === "match"
      ? `${step.request} of ${step.submitter} gets ${step.slot}`
      : `${step.request} of ${step.submitter} is refused: ${step.reason}`
  )

const accountLine = (user: string, priority: string, used: string, unchargedS: string): string =>
  `${user}: priority ${priority}, uses ${used}, uncharged ${unchargedS} s`

const realAccounts = (accounts: RealAccounts, users: ReadonlyArray<string>): ReadonlyArray<string> =>
  users.map((user) => {
    const { priority, unchargedS, used } = accounts.account(user)
    return accountLine(user, priority, used, unchargedS)
  })

const decimals = (value: number): string => (value === 0 ? 0 : value).toFixed(6)

const ourAccounts = (accountant: Accountant, users: ReadonlyArray<string>): ReadonlyArray<string> =>
  users.map((user) => {
    const account = accountant.accounts.get(user)
    return accountLine(
      user,
      decimals(account?.priority ?? 0.5),
      decimals(account?.usage ?? 0),
      decimals(accountant.unchargedS(user))
    )
  })

const query = (type: string): string => `MyType = "Query"\nTargetType = "${type}"\nRequirements = true\n`

const forgetSlots = (real: RealPool): void => {
  real.run("advertise", ["INVALIDATE_STARTD_ADS", real.write("everything", query("Machine"))])
}

const clear = async (real: RealPool): Promise<void> => {
  real.run("rm", ["-all"])
  forgetSlots(real)
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

const submit = (real: RealPool, { work }: Round): void => {
  if (work.length === 0) return
  const head =
    "universe = vanilla\nexecutable = /bin/true\ntransfer_executable = false\nshould_transfer_files = no\nnotification = never\n"
  real.run("submit", [real.write("work.sub", `${head}${work.map(submitText).join("\n")}\n`)])
}

/** The slots in the order in which the negotiator looks at them, which settles ties and which only its log tells. */
const inOrder = (machines: ReadonlyArray<Machine>, log: string): ReadonlyArray<Machine> => {
  const seen = [...new Set([...log.matchAll(/ does(?: not)? match with (\S+)\.$/gm)].map((found) => found[1]))]
  const placeOf = (machine: Machine): number => (seen.includes(machine.name) ? seen.indexOf(machine.name) : seen.length)
  return machines.toSorted((a, b) => placeOf(a) - placeOf(b))
}

let sequence = 1_800_000_000

const advertise = async (real: RealPool, slots: ReadonlyArray<Machine>): Promise<ReadonlyArray<Machine>> => {
  sequence++
  const written = slots.map((slot) => slotText(slot, sequence))
  forgetSlots(real)
  real.run("advertise", ["-multiple", "UPDATE_STARTD_AD", real.write("slots", `${written.join("\n\n")}\n`)])
  return until("the slots", () => readMachines(real, slots.length, sequence))
}

const negotiate = async (real: RealPool, from: number): Promise<string> => {
  const early = real.log(from)
  if (early.includes("Started Negotiation Cycle")) throw new Error(`a cycle that nobody asked for:\n${early}`)
  real.negotiate()
  return until("a negotiation cycle", () => {
    const text = real.log(from)
    const start = text.indexOf("Started Negotiation Cycle")
    return start >= 0 && text.includes("Finished Negotiation Cycle", start) ? text.slice(start) : undefined
  })
}

const note = (
  accountant: Accountant,
  matches: ReadonlyArray<Match>,
  machines: ReadonlyArray<Machine>,
  accounts: RealAccounts
): void => {
  for (const { slot, submitter } of matches) {
    const machine = machines.find((one) => one.name === slot) as Machine
    accountant.match(submitter, machine, accounts.matchedS(slot) ?? accounts.updatedS)
  }
}

const jobsTaken = (matches: ReadonlyArray<Match>, submissions: ReadonlyArray<Submission>): ReadonlyArray<Taken> => {
  const jobs = new Map(submissions.flatMap((one) => one.jobs).map((job) => [job.id, job] as const))
  return matches.flatMap(({ job: id, slot, submitter }) => {
    const job = jobs.get(id)
    return job === undefined ? [] : [{ job, submitter, slot }]
  })
}

const firstDifference = (real: ReadonlyArray<string>, ours: ReadonlyArray<string>): number => {
  for (let i = 0; i < Math.max(real.length, ours.length); i++) if (real[i] !== ours[i]) return i
  return -1
}

/** All cycles of one pool on both sides, up to the first that differs. */
export const runCase = async (real: RealPool, pool: Case): Promise<ReadonlyArray<Outcome>> => {
  const users = Object.keys(pool.factors)
  await clear(real)
  await real.configure(Object.entries(pool.config).map(([name, value]) => `${name} = ${value}`))
  setAccounts(real, pool)
  let from = real.log().length
  const accountant = accountantOf(pool, new RealAccounts(real.accounts()).updatedS)
  const world = new World(pool.slots)
  const outcomes: Array<Outcome> = []
  for (const [i, round] of pool.rounds.entries()) {
    submit(real, round)
    const machines = await advertise(real, world.machines)
    const submissions = await until("the submitters", () => readSubmissions(real))
    const log = await negotiate(real, from)
    from = real.log().length
    const accounts = new RealAccounts(real.accounts())
    const result = simulate(pool, accountant, inOrder(machines, log), submissions, accounts.updatedS)
    note(accountant, result.matches, machines, accounts)
    const theirs = [...readSteps(log), ...realAccounts(accounts, users)]
    const ours = [...ourSteps(result), ...ourAccounts(accountant, users)]
    const differs = firstDifference(theirs, ours)
    outcomes.push({ cycle: i + 1, real: theirs, ours, differs, result, log })
    if (differs >= 0) break
    const started = world.next(jobsTaken(result.matches, submissions), round.fate)
    if (started.length > 0) real.run("rm", [...started])
  }
  return outcomes
}
