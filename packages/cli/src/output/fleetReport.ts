import { printDuration, printUsd } from "@orrery/core"
import type { FleetReport, PoolReport, Waiting } from "@orrery/simulator"
import { sparkline, table } from "./table.ts"

const money = (microUsd: number): string => `$${printUsd(Math.round(microUsd / 10_000) * 10_000)}`
const share = (perMille: number | undefined): string => (perMille === undefined ? "-" : `${Math.round(perMille / 10)}%`)
/** To the second, which is as exact as anybody reads a wait. */
const span = (ms: number): string => printDuration(Math.round(ms / 1000) * 1000)

const poolTable = (pools: ReadonlyArray<PoolReport>): string =>
  table(
    ["POOL", "NODES", "MACHINES", "COST", "CPU", "GPU"],
    pools.map(({ costMicroUsd, cpuPerMille, gpuPerMille, machines, nodesMax, nodesMin, pool }) => [
      pool,
      nodesMin === nodesMax ? String(nodesMax) : `${nodesMin}-${nodesMax}`,
      String(machines),
      money(costMicroUsd),
      share(cpuPerMille),
      share(gpuPerMille)
    ])
  )

/** Nodes over time and CPU in use over time, a row of bars each. */
const poolCharts = (pools: ReadonlyArray<PoolReport>): string =>
  table(
    ["POOL", "", "FROM FIRST TO LAST DAY", "MOST"],
    pools.flatMap(({ nodesMax, pool, samples }) => [
      [pool, "nodes", sparkline(samples.map(({ nodes }) => nodes)), String(nodesMax)],
      [
        "",
        "cpu",
        sparkline(samples.map(({ cpuPerMille = 0 }) => cpuPerMille)),
        share(samples.reduce((most, { cpuPerMille = 0 }) => Math.max(most, cpuPerMille), 0))
      ]
    ])
  )

const waitingTable = (all: Waiting, byWorkload: FleetReport["waitingByWorkload"]): string =>
  table(
    ["WAITING", "JOBS", "HALF", "95%", "99%", "LONGEST"],
    [["all", all] as const, ...Object.entries(byWorkload)].map(([name, { jobs, maxMs, p50Ms, p95Ms, p99Ms }]) => [
      name,
      String(jobs),
      ...[p50Ms, p95Ms, p99Ms, maxMs].map(span)
    ])
  )

const counts = (title: string, of: Readonly<Record<string, number>>): ReadonlyArray<string> => {
  const found = Object.entries(of).map(([what, count]) => `${count} ${what}`)
  return found.length === 0 ? [] : [`${title}: ${found.join(", ")}`]
}

/** What came of a simulated fleet, for a person: what it cost, how long work waited, what went wrong. */
export const printFleetReport = (report: FleetReport): string => {
  const { cluster, days, deployments, interruptions, jobs, pools, profile, refused, seed, totalMicroUsd } = report
  return [
    `${cluster}: ${days} ${days === 1 ? "day" : "days"} on simulated ${profile}, seed ${seed}`,
    `Cost: ${money(totalMicroUsd)}, ${money(totalMicroUsd / days)} a day`,
    "",
    poolTable(pools),
    "",
    poolCharts(pools),
    "",
    `Jobs: ${jobs.submitted} submitted, ${jobs.succeeded} succeeded, ${jobs.failed} failed, ${jobs.running} running, ${jobs.waiting} waiting`,
    waitingTable(report.waiting, report.waitingByWorkload),
    ...(deployments.length === 0
      ? []
      : [
          "",
          `Deployments: ${deployments.map(({ desired, name, ready }) => `${name} ${ready}/${desired}`).join(", ")}`
        ]),
    ...counts("Interruptions", interruptions),
    ...counts("Faults", report.faults),
    ...(refused.length === 0
      ? []
      : [
          "",
          table(
            ["REFUSED", "TIMES", "WHY"],
            refused.map(({ count, what, why }) => [what, String(count), why])
          )
        ])
  ].join("\n")
}
