import { describe, expect, it } from "vitest"
import { type Account, Accountant, defaultConfig, type Machine } from "../../../src/engine/profiles/condor/index.ts"
import { slot, taken } from "./pool.ts"

const halflifeS = 100
const startS = 1000
const accountant = (accounts: Readonly<Record<string, Partial<Account>>> = {}, groups: ReadonlyArray<string> = []) =>
  new Accountant(
    { ...defaultConfig, priorityHalflifeS: halflifeS, groups: groups.map((name) => ({ name, quota: 9 })) },
    new Map(
      Object.entries(accounts).map(([name, it]) => [name, { priority: 0.5, factor: 1000, usage: 0, ...it }] as const)
    ),
    startS
  )
const begin = (it: Accountant, machines: ReadonlyArray<Machine>, nowS: number): void => {
  it.updatePriorities(nowS)
  it.checkMatches(machines, nowS)
}
const user = "a@x"
const four: Readonly<Record<string, string>> = { Cpus: "4" }
const of = (it: Accountant, name = user) => {
  const { priority, usage } = it.accounts.get(name) as Account
  return { priority, usage, unchargedS: it.unchargedS(name) }
}

describe("the accountant", () => {
  it("ages everybody's priority by what each used, the idle too", () => {
    const it = accountant({ [user]: { priority: 8 }, "idle@x": { priority: 0.6 } })
    begin(it, [taken("s", user, four)], startS)
    begin(it, [taken("s", user, four)], startS + halflifeS)
    expect(of(it)).toEqual({ priority: 6, usage: 4, unchargedS: 0 })
    expect(of(it, "idle@x").priority).toBe(0.5)
  })

  it("takes up claims it did not make, and ends matches that were not claimed, charging the time in between", () => {
    const it = accountant()
    const free = slot("s", four)
    begin(it, [free], startS)
    it.match(user, free, startS + 2)
    expect(of(it)).toEqual({ priority: 0.5, usage: 4, unchargedS: -8 })
    begin(it, [free], startS + 10)
    // 4 cores for 8 of 10 seconds; the match ended in the very second of the update.
    expect(of(it)).toEqual({ priority: 0.680811, usage: 0, unchargedS: 0 })
  })

  it("moves a slot to who took it over", () => {
    const it = accountant()
    const machine = taken("s", "old@x", four)
    begin(it, [machine], startS)
    it.match(user, machine, startS + 5)
    expect(of(it, "old@x")).toEqual({ priority: 0.5, usage: 0, unchargedS: 20 })
    expect(of(it)).toEqual({ priority: 0.5, usage: 4, unchargedS: -20 })
  })

  // Found by tools/fidelity/condor.ts: a partitionable slot is charged whole until the next cycle sees what was cut from it.
  it("charges a partitionable slot whole until its parts show", () => {
    const it = accountant()
    const whole = slot("s@m", { Cpus: "8", PartitionableSlot: "true" })
    begin(it, [whole], startS)
    it.match(user, whole, startS)
    expect(of(it).usage).toBe(8)
    const parts: ReadonlyArray<Machine> = [
      slot("s@m", { Cpus: "6", PartitionableSlot: "true" }),
      taken("s_1@m", user, { Cpus: "2" })
    ]
    begin(it, parts, startS + 1)
    expect(of(it)).toMatchObject({ usage: 2, unchargedS: 0 })
  })

  it("counts a user's slots for the group as well", () => {
    const it = accountant({}, ["g"])
    begin(it, [taken("s", "g.a@x", four), taken("t", "g.b@x")], startS)
    expect(it.accounts.get("g")?.usage).toBe(5)
  })

  it("writes six decimals as C does, a tie going to the even digit", () => {
    const it = accountant({ [user]: { priority: 1.015625 }, "b@x": { priority: 1.046875 } })
    begin(it, [], startS + halflifeS)
    // Half of each is an odd multiple of 1/128, and the seventh decimal a lone 5.
    expect([of(it).priority, of(it, "b@x").priority]).toEqual([0.507812, 0.523438])
  })

  it.each([
    ["a@x", 1000],
    ["nice-user.a@x", 1e10],
    ["a@elsewhere", 1e7]
  ])("gives %s a factor of %d where none was set", (name, factor) => {
    const it = new Accountant({ ...defaultConfig, accountantLocalDomain: "x" }, new Map(), startS)
    it.checkMatches([taken("s", name)], startS)
    expect(it.accounts.get(name)?.factor).toBe(factor)
  })
})
