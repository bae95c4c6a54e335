// Draws pools: slots, submitters with jobs, priority factors and groups, with the nasty values left in.
import { Dice } from "./Dice.ts"
import { jobRanks, jobRequirements, slotRanks, starts } from "./vocabulary.ts"

/** One slot as its ad's expressions by name. */
export type Slot = Readonly<Record<string, string>>

/** One line of the queue: `count` equal jobs. */
export interface Work {
  readonly submitter: string
  readonly count: number
  readonly priority: number
  readonly cpus: number
  readonly memoryMib: number
  readonly diskKib: number
  readonly requirements: string
  readonly rank: string
  readonly kind: string
  /** The concurrency limits it takes, empty for none. */
  readonly limits: string
}

/** What comes before one negotiation cycle: work arrives, and dice thrown from `fate` tell which claims end. */
export interface Round {
  readonly work: ReadonlyArray<Work>
  readonly fate: number
}

export interface Case {
  readonly slots: ReadonlyArray<Slot>
  readonly rounds: ReadonlyArray<Round>
  readonly factors: Readonly<Record<string, number>>
  readonly priorities: Readonly<Record<string, number>>
  readonly ceilings: Readonly<Record<string, number>>
  readonly floors: Readonly<Record<string, number>>
  /** Lines of the negotiator's configuration. */
  readonly config: Readonly<Record<string, string>>
}

const slot = (dice: Dice, number: number, users: ReadonlyArray<string>): Slot => {
  const cpus = dice.one([1, 1, 2, 4, 8, 16])
  const claimed = dice.chance(25)
  const shared = dice.chance(50)
  return {
    Name: `"s${number}@m${number}.test"`,
    SlotID: String(1 + dice.below(3)),
    Cpus: String(cpus),
    Memory: String(dice.one([1000, 2048, 4096, 8192, 20_000]) + number),
    Disk: dice.one(["100000000", "100000000", "5000", "20480"]),
    Start: dice.one(starts),
    Rank: dice.one(slotRanks),
    Score: String(dice.below(4)),
    ...(dice.chance(70) ? { Region: dice.one(['"here"', '"there"', '"Here"']) } : {}),
    ...(dice.chance(50) ? { HasGpu: dice.one(["true", "false"]) } : {}),
    ...(dice.chance(50) ? { Tags: dice.one(['"a,b"', '"b"', '"c d"']) } : {}),
    ...(dice.chance(30) ? { KFlops: String(1000 + dice.below(5000)) } : {}),
    ...(dice.chance(15) ? { SlotWeight: dice.one(["1", "Cpus * 2", "Memory / 1024", "0.5"]) } : {}),
    ...(!claimed && shared ? { PartitionableSlot: "true" } : {}),
    ...(claimed ? drawClaim(dice, dice.one(users)) : { State: '"Unclaimed"', CurrentRank: "0.0" })
  }
}

const drawClaim = (dice: Dice, user: string): Slot => ({
  State: '"Claimed"',
  RemoteUser: `"${user}"`,
  RemoteOwner: `"${user}"`,
  AccountingGroup: `"${user}"`,
  CurrentRank: dice.one(["0.0", "0.5", "1.0"]),
  TotalJobRuntime: String(dice.below(5000)),
  ...(dice.chance(15) ? { RetirementTimeRemaining: "100" } : {}),
  ...(dice.chance(15) ? { ConcurrencyLimits: '"license:2"' } : {})
})

const work = (dice: Dice, submitter: string): Work => ({
  submitter,
  count: 1 + dice.below(6),
  priority: dice.one([0, 0, 0, 5, -5]),
  cpus: dice.one([1, 1, 2, 4]),
  memoryMib: dice.one([100, 1000, 2048, 5000]),
  diskKib: dice.one([10, 10, 1025, 3000, 10_000]),
  requirements: dice.one(jobRequirements),
  rank: dice.one(jobRanks),
  kind: dice.one(['"red"', '"blue"', "undefined", '"RED"']),
  limits: dice.chance(25) ? dice.one(["license", "license:2", "License,disk.io", "disk.io:0.5", "none"]) : ""
})

const groupConfig = (dice: Dice, tag: string): Record<string, string> => {
  const shapes = dice.one([
    ["a", "b"],
    ["a", "a.x", "b"],
    ["a", "a.x", "a.y", "b", "c"]
  ])
  const names = shapes.map((name) => `g${tag}${name}`)
  const config: Record<string, string> = { GROUP_NAMES: names.join(", ") }
  for (const name of names) {
    if (dice.chance(50)) config[`GROUP_QUOTA_${name}`] = String(dice.below(15))
    else config[`GROUP_QUOTA_DYNAMIC_${name}`] = dice.one(["0.2", "0.5", "0.33", "0.7"])
    if (dice.chance(40)) config[`GROUP_ACCEPT_SURPLUS_${name}`] = dice.one(["true", "false"])
  }
  if (dice.chance(30)) config.GROUP_ACCEPT_SURPLUS = "true"
  if (dice.chance(25)) config.GROUP_AUTOREGROUP = "true"
  if (dice.chance(25)) config.NEGOTIATOR_ALLOW_QUOTA_OVERSUBSCRIPTION = "false"
  return config
}

const negotiatorConfig = (dice: Dice): Record<string, string> => ({
  NEGOTIATOR_CONSIDER_PREEMPTION: dice.one(["true", "false"]),
  PREEMPTION_REQUIREMENTS: dice.one(["False", "True", "RemoteUserPrio > TARGET.SubmitterUserPrio * 1.2"]),
  PRIORITY_HALFLIFE: dice.one(["2", "10", "100", "86400"]),
  LICENSE_LIMIT: dice.one(["0", "2", "5"]),
  CONCURRENCY_LIMIT_DEFAULT_disk: dice.one(["1", "3"]),
  ...(dice.chance(30) ? { CONCURRENCY_LIMIT_DEFAULT: "1" } : {}),
  ...(dice.chance(20) ? { NEGOTIATOR_PRE_JOB_RANK: dice.one(["0", "Score", "1e6 - Memory"]) } : {}),
  ...(dice.chance(20) ? { NEGOTIATOR_POST_JOB_RANK: dice.one(["Memory", "-SlotID", "Missing"]) } : {}),
  ...(dice.chance(20) ? { PREEMPTION_RANK: dice.one(["0", "TotalJobRuntime", "-RemoteUserPrio"]) } : {})
})

/** The pool of a seed. `tag` keeps the names of one run's users apart from those of earlier pools. */
export const draw = (seed: number, tag: string): Case => {
  const dice = new Dice(seed)
  const groups = dice.chance(50) ? groupConfig(dice, tag) : {}
  const names = (groups.GROUP_NAMES ?? "").split(", ").filter((name) => name !== "")
  const users = Array.from({ length: 1 + dice.below(4) }, (_, i) => {
    const group = names.length > 0 && dice.chance(75) ? `${dice.one(names)}.` : ""
    return `${group}u${i}${tag}@test`
  })
  const slots = Array.from({ length: 2 + dice.below(15) }, (_, i) => slot(dice, i, users))
  const workOf = (user: string, most: number) => Array.from({ length: dice.below(most + 1) }, () => work(dice, user))
  const first = users.flatMap((user) => [work(dice, user), ...workOf(user, 2)])
  const limited = (percent: number) =>
    Object.fromEntries(users.filter(() => dice.chance(percent)).map((user) => [user, 1 + dice.below(8)] as const))
  return {
    slots,
    rounds: Array.from({ length: 2 + dice.below(4) }, (_, i) => ({
      // Without anything new the schedd would still count the jobs that the tool took away.
      work: i === 0 ? first : users.flatMap((user, at) => (at === 0 ? [work(dice, user)] : workOf(user, 1))),
      fate: dice.below(1_000_000)
    })),
    factors: Object.fromEntries(users.map((user, i) => [user, dice.one([1000, 2000, 3000, 10]) + i])),
    priorities: Object.fromEntries(users.filter(() => dice.chance(30)).map((user) => [user, dice.one([1, 3, 20])])),
    ceilings: limited(10),
    floors: limited(10),
    config: { ...groups, ...negotiatorConfig(dice) }
  }
}
