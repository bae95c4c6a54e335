import { printDuration, printUsd } from "@orrery/core"
import type { FleetReport, PoolReport, Waiting } from "@orrery/simulator"
import { sparkline, table } from "./table.ts"
import { counted, priceChange } from "./words.ts"

const money = (microUsd: number): string => `$${printUsd(Math.round(microUsd / 10_000) * 10_000)}`
const share = (perMille: number | undefined): string => (perMille === undefined ? "-" : `${Math.round(perMille / 10)}%`)
/** To the second, which is as exact as anybody reads a wait. */
const span = (ms: number): string => printDuration(Math.round(ms / 1000) * 1000)

const poolTable = (pools: ReadonlyArray<PoolReport>): string =>
  table(
    ["POOL", "NODES", "MACHINES", "COST", "CPU", "MEMORY", "GPU"],
    pools.map(({ costMicroUsd, cpuPerMille, gpuPerMille, machines, memoryPerMille, nodesMax, nodesMin, pool }) => [
      pool,
      nodesMin === nodesMax ? String(nodesMax) : `${nodesMin}-${nodesMax}`,
      String(machines),
      money(costMicroUsd),
      share(cpuPerMille),
      share(memoryPerMille),
      share(gpuPerMille)
    ])
  )

/** One row of bars, and what the highest of them is. */
const chart = (name: string, values: ReadonlyArray<number>, print: (most: number) => string): ReadonlyArray<string> => [
  name,
  sparkline(values),
  print(values.reduce((most, value) => Math.max(most, value), 0))
]

/** Nodes, what they cost and how much of them is in use, over time, a row of bars each. */
const poolCharts = (pools: ReadonlyArray<PoolReport>): string =>
  table(
    ["POOL", "", "FROM FIRST TO LAST DAY", "MOST"],
    pools.flatMap(({ gpuPerMille, pool, samples }) => [
      [
        pool,
        ...chart(
          "nodes",
          samples.map(({ nodes }) => nodes),
          String
        )
      ],
      [
        "",
        ...chart(
          "cost",
          samples.map(({ microUsdPerHour }) => microUsdPerHour),
          (most) => `${money(most)}/h`
        )
      ],
      [
        "",
        ...chart(
          "cpu",
          samples.map(({ cpuPerMille: used = 0 }) => used),
          share
        )
      ],
      ...(gpuPerMille === undefined
        ? []
        : [
            [
              "",
              ...chart(
                "gpu",
                samples.map(({ gpuPerMille: used = 0 }) => used),
                share
              )
            ]
          ])
    ])
  )

/** What creating the cluster came to, before anything else happened. */
const planLine = ({ deltaMicroUsdPerHour, steps, unmet }: FleetReport["plan"]): string => {
  const machines = steps.filter(({ step }) => step.type === "launch").length
  return [`Plan: ${counted(machines, "machine")} at first, ${priceChange(deltaMicroUsdPerHour)}`, ...unmet].join("; ")
}

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
    planLine(report.plan),
    `Cost: ${money(totalMicroUsd)}, ${money(totalMicroUsd / days)} a day`,
    "",
    poolTable(pools),
    "",
    poolCharts(pools),
    "",
    `Jobs: ${jobs.submitted} submitted, ${jobs.succeeded} succeeded, ${jobs.failed} failed, ${jobs.running} running, ${jobs.waiting} waiting`,
    ...counts("Failures", report.failures),
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
