// One negotiation cycle on both sides: what the real negotiator did, what the engine does, and where they part.
import type {
  Accountant,
  CycleResult,
  Machine,
  Match
} from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import type { Case } from "./draw.ts"
import { RealAccounts } from "./RealAccounts.ts"
import { type RealPool, until } from "./RealPool.ts"
import { type Submission, simulate } from "./simulate.ts"

/** What both sides made of one step, as lines of words that both use. */
export interface Comparison {
  readonly real: ReadonlyArray<string>
  readonly ours: ReadonlyArray<string>
  /** The first line that differs, -1 where none does. */
  readonly differs: number
}

/** Compares two lists of lines. */
export const compared = (real: ReadonlyArray<string>, ours: ReadonlyArray<string>): Comparison => {
  const longer = real.length > ours.length ? real : ours
  return { real, ours, differs: longer.findIndex((_, i) => real[i] !== ours[i]) }
}

/** What one cycle, or a step after it, came to. */
export interface Outcome extends Comparison {
  /** Which cycle of the pool, from 1. */
  readonly cycle: number
  /** The engine's answer, where the engine negotiated too. */
  readonly result?: CycleResult
  /** The real negotiator's log of the cycle. */
  readonly log: string
}

const matchLine =
  /^\S+ \S+ +(?:\([^)]*\) )*\s*Matched (\d+\.\d+) (\S+) \S+ preempting (.*?) <\S+> (\S+?)(?: \(offline\))?$/
const refusalLine = /^\S+ \S+ +Rejected (\d+\.\d+) (\S+) \S+: (.*)$/

/** The matches that the negotiator's log tells of, in order. */
export const readMatches = (log: string): ReadonlyArray<Pick<Match, "request" | "slot" | "submitter">> =>
  log.split("\n").flatMap((line) => {
    const [, request, submitter, , slot] = matchLine.exec(line) ?? []
    return request === undefined || submitter === undefined || slot === undefined ? [] : [{ request, submitter, slot }]
  })

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
    return accountLine(user, decimals(priority), decimals(used), decimals(unchargedS))
  })

/** Six decimals, as the file has them most of the time. */
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

const dayS = 86_400

/** When the accountant checked its matches: often a second after it had updated the priorities, on a busy machine. */
const checkedS = (log: string, updatedS: number): number => {
  const line = /^\S+ (\d+):(\d+):(\d+) \(Accountant\) Checking Matches/m.exec(log)
  const [hours = 0, minutes = 0, seconds = 0] = (line ?? []).slice(1).map(Number)
  const passedS = hours * 3600 + minutes * 60 + seconds - (updatedS % dayS)
  // The log's clock is the pool's, which has no time zone.
  return updatedS + ((passedS + dayS) % dayS)
}

/** The slots in the order in which the negotiator looks at them, which settles ties and which only its log tells. */
const inOrder = (machines: ReadonlyArray<Machine>, log: string): ReadonlyArray<Machine> => {
  const seen = [...new Set([...log.matchAll(/ does(?: not)? match with (\S+)\.$/gm)].map((found) => found[1]))]
  const placeOf = (machine: Machine): number => (seen.includes(machine.name) ? seen.indexOf(machine.name) : seen.length)
  return machines.toSorted((a, b) => placeOf(a) - placeOf(b))
}

/** Has the real negotiator go through one cycle and gives its log of it. */
export const negotiate = async (real: RealPool, from: number): Promise<string> => {
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

/**
 * All orders of a few submitters. The collector's own is not to be seen, and decides how sums are rounded: a share of 3e-15 is
 * no share in one order and one match in another.
 */
const orders = <A>(list: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  list.length <= 1
    ? [list]
    : list.flatMap((first, at) => orders(list.filter((_, i) => i !== at)).map((rest) => [first, ...rest]))

const firstEqual = (
  answers: ReadonlyArray<() => CycleResult>,
  wanted: ReadonlyArray<string>
): CycleResult | undefined => {
  for (const answer of answers) {
    const result = answer()
    if (compared(wanted, ourSteps(result)).differs < 0) return result
  }
  return undefined
}

/** What a cycle looks at. */
export interface Before {
  readonly pool: Case
  readonly accountant: Accountant
  readonly machines: ReadonlyArray<Machine>
  readonly submissions: ReadonlyArray<Submission>
  /** Where the real negotiator's log ended after the last cycle. */
  readonly logFrom: number
}

type Negotiated = Omit<Required<Outcome>, "cycle">

/** Has both sides negotiate, and notes the matches in our accounts too. */
export const compareCycle = async (real: RealPool, before: Before): Promise<Negotiated> => {
  const { accountant, machines, pool, submissions } = before
  const users = Object.keys(pool.factors)
  const log = await negotiate(real, before.logFrom)
  const accounts = new RealAccounts(real.accounts())
  accountant.updatePriorities(accounts.updatedS)
  accountant.checkMatches(machines, checkedS(log, accounts.updatedS))
  const wanted = readSteps(log)
  const answers = orders(submissions).map((order) => () => simulate(pool, accountant, inOrder(machines, log), order))
  const result = firstEqual(answers, wanted) ?? simulate(pool, accountant, inOrder(machines, log), submissions)
  note(accountant, result.matches, machines, accounts)
  const theirs = [...wanted, ...realAccounts(accounts, users)]
  const ours = [...ourSteps(result), ...ourAccounts(accountant, users)]
  return { ...compared(theirs, ours), result, log }
}
