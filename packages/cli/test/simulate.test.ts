import { spawn } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { FleetReport } from "@orrery/simulator"
import { Result, Schema } from "effect"
import { expect, it } from "vitest"
import { runCommand } from "./runCommand.ts"

const folder = mkdtempSync(join(tmpdir(), "compute-"))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

it("experiment fgd names everything that is wrong with its input", async () => {
  const nodes = file("nodes.csv", "sn,cpu_milli\nn1,x\n")
  const { code, err } = await runCommand(["experiment", "fgd", "--nodes", nodes, "--pods", nodes, "--policy", "best"])
  expect(code).toBe(2)
  expect(err).toContain('policy: found "best", allowed: fgd, bestFit')
  expect(err).toContain("nodes.csv")
})

it("simulate tells a day of a small fleet, the same each time", async () => {
  const day = file(
    "day.yaml",
    `compute:
  cluster: {name: day, provider: sim, node_pools: [{name: general, instance_type: c5.xlarge, min_size: 1, max_size: 2}]}
deployments: [{name: web, image: "web:1", resources: {requests: {cpu: 1}}}]
simulation: {days: 1, seed: 3}
`
  )
  const { code, out } = await runCommand(["simulate", day])
  expect([code, out]).toEqual([
    0,
    expect.stringContaining("day: 1 day on simulated aws, seed 3\nPlan: 1 machine at first, +$")
  ])
  expect(out).toContain("Deployments: web 1/1")
  expect((await runCommand(["simulate", day])).out).toBe(out)
  const report = JSON.parse((await runCommand(["simulate", day, "-o", "json"])).out)
  expect(Schema.decodeUnknownResult(FleetReport, { onExcessProperty: "error" })(report)).toEqual(Result.succeed(report))
  const wrong = await runCommand(["simulate", file("wrong.yaml", "simulation: {dais: 1}\n")])
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("simulation.dais: unknown key")])
}, 60_000)

it("a simulation that cannot be is a failure that says why, with nothing on the standard output", async () => {
  const rented = file(
    "rented.yaml",
    `compute:
  cluster: {name: day, provider: sim, node_pools: [{name: general, instance_type: c5.xlarge, min_size: 1, max_size: 2}]}
simulation: {days: 1, profile: k8s}
`
  )
  const { code, err, out } = await runCommand(["simulate", rented])
  expect([code, out]).toEqual([1, ""])
  expect(err).toMatch(/^error: k8s: .* does not offer clusters: .*\n {4}choose another backend/)
})

it("what cannot be had is told in the report, beside the rest of the week", { timeout: 60_000 }, async () => {
  const unknown = file(
    "unknown.yaml",
    `compute:
  cluster: {name: day, provider: sim, node_pools: [{name: general, instance_type: c5.none, min_size: 1, max_size: 2}]}
simulation: {days: 1}
`
  )
  const { code, out } = await runCommand(["simulate", unknown, "-o", "json"])
  expect(code).toBe(0)
  expect(JSON.parse(out).refused).toContainEqual(
    expect.objectContaining({ what: "cluster/day", why: expect.stringContaining("nobody offers c5.none") })
  )
})

it("more jobs than anybody waits for are refused, with where they stand", async () => {
  const kind = "{name: swarm, jobs_per_day: 100000, duration: 1s, requests: {cpu: 1}}"
  const swarm = file("swarm.yaml", `simulation: {days: 10, workload: [${kind}]}\n`)
  const { code, err } = await runCommand(["simulate", swarm])
  expect([code, err]).toEqual([
    2,
    `${swarm}:1:34: simulation.workload: found 1000000 jobs in 10 days, allowed: at most 200000`
  ])
})

it("Ctrl-C ends a simulation, whenever it comes and however long it would still run", {
  timeout: 120_000
}, async () => {
  const year = file(
    "year.yaml",
    `compute:
  cluster: {name: year, provider: sim, node_pools: [{name: general, instance_type: c5.xlarge, min_size: 9, max_size: 9}]}
deployments: [{name: web, image: "web:1", replicas: 20, resources: {requests: {cpu: 1}}}]
simulation: {days: 366}
`
  )
  const bin = join(import.meta.dirname, "../src/main.ts")
  for (const afterMs of [500, 1500, 3000]) {
    const child = spawn(process.execPath, ["--conditions=@orrery/source", bin, "simulate", year], { stdio: "pipe" })
    const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve(signal ?? code)))
    setTimeout(() => child.kill("SIGINT"), afterMs)
    // before the simulation begins we end ourselves, and in it the signal ends us; a shell says 130 of both
    expect([130, "SIGINT"]).toContain(await ended)
  }
})
