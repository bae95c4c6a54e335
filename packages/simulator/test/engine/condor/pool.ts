import {
  type Account,
  Accountant,
  adOf,
  type Config,
  defaultConfig,
  type Machine,
  negotiateCycle,
  type QueuedJob,
  queueOf
} from "../../../src/engine/profiles/condor/index.ts"

/** An unclaimed slot that takes everybody, with some attributes changed. */
export const slot = (name: string, attributes: Readonly<Record<string, string>> = {}): Machine => ({
  name,
  ad: adOf({
    Name: `"${name}"`,
    SlotID: "1",
    Cpus: "1",
    Memory: "1024",
    Disk: "1000000",
    Requirements: "START",
    Start: "true",
    Rank: "0",
    SlotWeight: "Cpus",
    State: '"Unclaimed"',
    ...attributes
  })
})

/** A slot on which somebody's job runs. */
export const taken = (name: string, user: string, attributes: Readonly<Record<string, string>> = {}): Machine =>
  slot(name, {
    State: '"Claimed"',
    RemoteUser: `"${user}"`,
    RemoteOwner: `"${user}"`,
    CurrentRank: "0.0",
    ...attributes
  })

/** `count` equal jobs that ask for one core. */
export const jobs = (
  cluster: number,
  count: number,
  attributes: Readonly<Record<string, string>> = {}
): ReadonlyArray<QueuedJob> =>
  Array.from({ length: count }, (_, proc) => ({
    id: `${cluster}.${proc}`,
    ad: adOf({
      RequestCpus: "1",
      RequestMemory: "128",
      Requirements: "TARGET.Cpus >= RequestCpus",
      Rank: "0",
      ...attributes
    })
  }))

interface Pool {
  readonly machines: ReadonlyArray<Machine>
  readonly queues: Readonly<Record<string, ReadonlyArray<QueuedJob>>>
  readonly accounts?: Readonly<Record<string, Partial<Account>>>
  readonly config?: Partial<Config>
}

/** One cycle over a small pool. */
export const cycle = ({ machines, queues, accounts = {}, config: changes = {} }: Pool) => {
  const config = { ...defaultConfig, ...changes }
  const accountant = new Accountant(config, new Map(), 0)
  accountant.checkMatches(machines, 0)
  const names = new Set([...accountant.accounts.keys(), ...Object.keys(accounts), ...Object.keys(queues)])
  const fresh: Account = { priority: 0.5, factor: 1000, usage: 0 }
  return negotiateCycle({
    machines,
    submitters: Object.entries(queues).map(([name, queue]) => ({ name, jobs: queueOf(queue, machines) })),
    accounts: new Map(
      [...names].map((name) => [name, { ...fresh, ...accountant.accounts.get(name), ...accounts[name] }] as const)
    ),
    config
  })
}

/** How many slots each submitter got. */
export const counts = (result: ReturnType<typeof cycle>): Readonly<Record<string, number>> => {
  const got: Record<string, number> = {}
  for (const { submitter } of result.matches) got[submitter] = (got[submitter] ?? 0) + 1
  return got
}
