// Draws pools: slots, submitters with jobs, priority factors and groups, with the nasty values left in.

/** One slot as its ad's expressions by name. */
export type Slot = Readonly<Record<string, string>>

/** One line of the queue: `count` equal jobs. */
export interface Work {
  readonly submitter: string
  readonly count: number
  readonly priority: number
  readonly cpus: number
  readonly memoryMib: number
  readonly requirements: string
  readonly rank: string
  readonly kind: string
}

export interface Case {
  readonly slots: ReadonlyArray<Slot>
  readonly work: ReadonlyArray<Work>
  readonly factors: Readonly<Record<string, number>>
  readonly priorities: Readonly<Record<string, number>>
  readonly ceilings: Readonly<Record<string, number>>
  readonly floors: Readonly<Record<string, number>>
  /** Lines of the negotiator's configuration. */
  readonly config: Readonly<Record<string, string>>
}

class Dice {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }
  /** A whole number below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let bits = this.#state
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
    return ((bits ^ (bits >>> 16)) >>> 0) % limit
  }
  one<A>(choices: ReadonlyArray<A>): A {
    return choices[this.below(choices.length)] as A
  }
  chance(percent: number): boolean {
    return this.below(100) < percent
  }
}

const jobRequirements = [
  "true",
  "true",
  "true",
  "true",
  "true",
  "true",
  "TARGET.Memory >= 2000",
  'TARGET.Region == "HERE"',
  'TARGET.Region =?= "here"',
  "HasGpu",
  "HasGpu =!= true",
  "TARGET.Cpus % 2 == 0",
  "TARGET.Missing > 3",
  "isUndefined(TARGET.HasGpu)",
  'stringListMember("b", TARGET.Tags)',
  'regexp("^s[0-3]", TARGET.Name)',
  "TARGET.Memory / 1024 > 3 || TARGET.Cpus < 3",
  "TARGET.HasGpu ?: false"
]
const jobRanks = [
  "0",
  "0",
  "Memory",
  "-Memory",
  "Cpus",
  "TARGET.Score",
  'Region == "there"',
  "Score * 2.5 - Cpus",
  "floor(Memory / 1000.0)"
]
const starts = [
  "true",
  "true",
  "true",
  "true",
  "true",
  "true",
  "TARGET.Kind =!= 2",
  'TARGET.Kind == "red"',
  "TARGET.RequestMemory < 3000",
  "TARGET.RequestCpus >= 1 && true",
  "TARGET.JobPrio > 0",
  'member(TARGET.Kind, {"red", "blue"})',
  'TARGET.Kind =?= "red" || undefined',
  "ifThenElse(isUndefined(TARGET.Kind), false, true)"
]
const slotRanks = [
  "0",
  "0",
  "0",
  'TARGET.Kind == "red"',
  'ifThenElse(TARGET.Kind =?= "blue", 2, 0.5)',
  "TARGET.JobPrio",
  "TARGET.Missing"
]

const slot = (dice: Dice, number: number, users: ReadonlyArray<string>): Slot => {
  const cpus = dice.one([1, 1, 2, 4, 8])
  const claimed = dice.chance(25)
  const shared = dice.chance(40)
  return {
    SlotID: String(1 + dice.below(3)),
    Cpus: String(cpus),
    Memory: String(dice.one([1000, 2048, 4096, 8192]) + number),
    Start: dice.one(starts),
    Rank: dice.one(slotRanks),
    Score: String(dice.below(4)),
    ...(dice.chance(70) ? { Region: dice.one(['"here"', '"there"', '"Here"']) } : {}),
    ...(dice.chance(50) ? { HasGpu: dice.one(["true", "false"]) } : {}),
    ...(dice.chance(50) ? { Tags: dice.one(['"a,b"', '"b"', '"c d"']) } : {}),
    ...(dice.chance(30) ? { KFlops: String(1000 + dice.below(5000)) } : {}),
    ...(dice.chance(15) ? { SlotWeight: dice.one(["1", "Cpus * 2", "Memory / 1024", "0.5"]) } : {}),
    ...(!claimed && shared ? { PartitionableSlot: "true" } : {}),
    ...(claimed ? held(dice, dice.one(users)) : { State: '"Unclaimed"', CurrentRank: "0.0" })
  }
}

const held = (dice: Dice, user: string): Slot => ({
  State: '"Claimed"',
  RemoteUser: `"${user}"`,
  RemoteOwner: `"${user}"`,
  AccountingGroup: `"${user}"`,
  CurrentRank: dice.one(["0.0", "0.5", "1.0"]),
  TotalJobRuntime: String(dice.below(5000)),
  ...(dice.chance(15) ? { RetirementTimeRemaining: "100" } : {})
})

const work = (dice: Dice, submitter: string): Work => ({
  submitter,
  count: 1 + dice.below(6),
  priority: dice.one([0, 0, 0, 5, -5]),
  cpus: dice.one([1, 1, 2, 4]),
  memoryMib: dice.one([100, 1000, 2048, 5000]),
  requirements: dice.one(jobRequirements),
  rank: dice.one(jobRanks),
  kind: dice.one(['"red"', '"blue"', "undefined", '"RED"'])
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
  const queue = users.flatMap((user) => Array.from({ length: 1 + dice.below(3) }, () => work(dice, user)))
  const limited = (percent: number) =>
    Object.fromEntries(users.filter(() => dice.chance(percent)).map((user) => [user, 1 + dice.below(8)] as const))
  return {
    slots,
    work: queue,
    factors: Object.fromEntries(users.map((user, i) => [user, dice.one([1000, 2000, 3000, 10]) + i])),
    priorities: Object.fromEntries(users.filter(() => dice.chance(30)).map((user) => [user, dice.one([1, 3, 20])])),
    ceilings: limited(10),
    floors: limited(10),
    config: {
      ...groups,
      NEGOTIATOR_CONSIDER_PREEMPTION: dice.one(["true", "false"]),
      PREEMPTION_REQUIREMENTS: dice.one(["False", "True", "RemoteUserPrio > TARGET.SubmitterUserPrio * 1.2"]),
      ...(dice.chance(20) ? { NEGOTIATOR_PRE_JOB_RANK: dice.one(["0", "Score", "1e6 - Memory"]) } : {})
    }
  }
}
