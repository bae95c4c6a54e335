import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { type Fit, HostClasses } from "../../src/engine/HostClasses.ts"

/** The obvious search: all hosts, one by one. */
const findByLooking = (
  hosts: ReadonlyArray<{ readonly cpu: number; readonly memory: number }>,
  cpu: number,
  memory: number,
  fit: Fit
): number =>
  hosts
    .map((host, index) => ({ ...host, index }))
    .filter((host) => host.cpu >= cpu && host.memory >= memory)
    .toSorted((a, b) => (fit === "first" ? 0 : a.cpu - b.cpu || a.memory - b.memory) || a.index - b.index)[0]?.index ??
  -1

const small = fc.integer({ min: 0, max: 6 })

describe("HostClasses against a search of all hosts", () => {
  it("finds the same host through any placements and departures", () => {
    const requests = fc.array(fc.record({ cpu: small, memory: small, best: fc.boolean(), leaves: fc.boolean() }))
    fc.assert(
      fc.property(fc.array(fc.tuple(small, small)), requests, (capacities, each) => {
        const classes = new HostClasses()
        const hosts = capacities.map(([cpu, memory]) => {
          classes.add(cpu, memory)
          return { cpu, memory }
        })
        const placed: Array<{ readonly host: number; readonly cpu: number; readonly memory: number }> = []
        for (const { cpu, memory, best, leaves } of each) {
          const host = classes.find(cpu, memory, best ? "best" : "first")
          assert.strictEqual(host, findByLooking(hosts, cpu, memory, best ? "best" : "first"))
          const move = leaves ? placed.pop() : host < 0 ? undefined : { host, cpu: -cpu, memory: -memory }
          if (move === undefined) continue
          const sign = leaves ? -1 : 1
          classes.change(move.host, sign * move.cpu, sign * move.memory)
          const free = hosts[move.host] ?? { cpu: 0, memory: 0 }
          hosts[move.host] = { cpu: free.cpu + sign * move.cpu, memory: free.memory + sign * move.memory }
          if (!leaves) placed.push(move)
        }
      }),
      { numRuns: 300, seed: 6 }
    )
  })

  it("refuses to over-commit a host", () => {
    const classes = new HostClasses()
    classes.add(1, 1)
    assert.throws(() => classes.change(0, -2, 0), RangeError)
  })
})
