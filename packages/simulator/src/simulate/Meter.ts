import { none, plus, price, type Resources } from "@orrery/core"
import type { SimMachine } from "../provider/SimMachine.ts"
import type { SimulatedBackend } from "../provider/simulated.ts"
import type { PoolReport, PoolSample } from "./FleetReport.ts"

interface Tally {
  readonly samples: Array<PoolSample>
  used: Resources
  total: Resources
}

/** Looks at the pools at a steady pace, from outside of all programs, and makes out the bill. */
export class Meter {
  private readonly backend: SimulatedBackend
  private readonly cluster: string
  private readonly untilMs: number
  private readonly tallies: ReadonlyMap<string, Tally>

  constructor(
    backend: SimulatedBackend,
    {
      cluster,
      pools,
      untilMs
    }: { readonly cluster: string; readonly pools: ReadonlyArray<string>; readonly untilMs: number }
  ) {
    this.backend = backend
    this.cluster = cluster
    this.untilMs = untilMs
    this.tallies = new Map(pools.map((pool) => [pool, { samples: [], used: none, total: none }]))
  }

  /** Takes a sample now and every so often until the end. */
  start(everyMs: number): void {
    this.sample()
    const { world } = this.backend
    if (world.time.elapsedMs + everyMs <= this.untilMs) world.after(everyMs, () => this.start(everyMs))
  }

  reports(): ReadonlyArray<PoolReport> {
    return [...this.tallies].map(([pool, { samples, total, used }]) => {
      const machines = this.machinesOf(pool)
      const nodes = samples.map((sample) => sample.nodes)
      return {
        pool,
        nodesMin: nodes.reduce((least, count) => Math.min(least, count), nodes[0] ?? 0),
        nodesMax: nodes.reduce((most, count) => Math.max(most, count), 0),
        machines: machines.length,
        costMicroUsd: machines.reduce((sum, machine) => sum + this.costOf(pool, machine), 0),
        ...share("cpuPerMille", used.cpuMilli, total.cpuMilli),
        ...share("memoryPerMille", used.memoryBytes, total.memoryBytes),
        ...share("gpuPerMille", used.gpuMilli, total.gpuMilli),
        samples
      }
    })
  }

  private sample(): void {
    for (const [pool, tally] of this.tallies) {
      const alive = this.machinesOf(pool).filter(({ endedElapsedMs }) => endedElapsedMs === undefined)
      const nodes = alive.flatMap(({ node }) => (node === undefined || node.state === "booting" ? [] : [node]))
      const total = nodes.reduce((sum, node) => plus(sum, node.allocatable), none)
      const used = nodes.reduce((sum, node) => plus(sum, node.used), none)
      tally.samples.push({
        atMs: this.backend.world.time.elapsedMs,
        nodes: alive.length,
        microUsdPerHour: alive.reduce((sum, { offering }) => sum + offering.microUsdPerHour, 0),
        ...share("cpuPerMille", used.cpuMilli, total.cpuMilli),
        ...share("memoryPerMille", used.memoryBytes, total.memoryBytes),
        ...share("gpuPerMille", used.gpuMilli, total.gpuMilli)
      })
      tally.used = plus(tally.used, used)
      tally.total = plus(tally.total, total)
    }
  }

  private machinesOf(pool: string): ReadonlyArray<SimMachine> {
    return [...this.backend.park.machines.values()].filter(
      ({ request }) => request?.owner.cluster === this.cluster && request.owner.pool === pool
    )
  }

  /** A machine costs what it was rented for, from its launch to its end, or to the end of the time. */
  private costOf(pool: string, { endedElapsedMs, id, offering, startedElapsedMs }: SimMachine): number {
    const { instanceType, market, zone } = offering
    const endedAtMs = Math.min(endedElapsedMs ?? this.untilMs, this.untilMs)
    const life = { machine: id, pool, instanceType, market, zone, startedAtMs: startedElapsedMs, endedAtMs }
    return price({ nodes: [life], offerings: [offering] }).totalMicroUsd
  }
}

const share = <Key extends string>(key: Key, used: number, total: number): { readonly [K in Key]?: number } =>
  total === 0 ? {} : ({ [key]: Math.floor((used * 1000) / total) } as { readonly [K in Key]: number })
