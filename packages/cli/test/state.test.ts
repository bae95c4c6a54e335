import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { runCommand } from "./runCommand.ts"

const folder = mkdtempSync(join(tmpdir(), "compute-"))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const fleet = file(
  "fleet.yaml",
  `compute:
  cluster:
    name: fleet
    provider: sim
    node_pools:
      - {name: general, instance_type: c5.xlarge, min_size: 1, max_size: 2}
deployments: [{name: web, image: "web:1", replicas: 2, port: 8080, resources: {requests: {cpu: 500m}}}]
jobs: [{name: train, image: "train:1", resources: {requests: {cpu: 1}}}]
simulation: {days: 1}
`
)

/** Commands that share a state, each of them a world of its own that takes up where the last one was. */
const session = (name: string) => {
  const state = join(folder, name)
  return {
    state,
    run: (...args: ReadonlyArray<string>) => runCommand([...args, "--backend", "sim", "--state", state])
  }
}

it("a simulated backend goes on from command to command where a file keeps it", { timeout: 60_000 }, async () => {
  const { run, state } = session("kept.json")
  expect((await run("apply", "-f", fleet, "--yes")).code).toBe(0)
  expect((await run("get", "deployments")).out).toContain("web    2/2")
  expect((await run("scale", "deployment/web", "--replicas", "3")).err).toBe("")
  expect((await run("get", "deployment/web")).out).toContain("web    3/3")
  const nodes = await run("get", "nodes", "-o", "json")
  expect(JSON.parse(nodes.out)).toEqual([expect.objectContaining({ name: "general-1", state: "ready" })])
  expect(statSync(state).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(state, "utf8"))).toMatchObject({ version: 1, seed: 0 })
})

it("a changed progress deadline is planned, applied and then as wanted", { timeout: 60_000 }, async () => {
  const { run } = session("deadline.json")
  const withDeadline = (deadline: string) =>
    file(`${deadline}.yaml`, `deployments: [{name: web, image: "web:1", port: 8080, progress_deadline: ${deadline}}]\n`)
  await run("apply", "-f", fleet, "--yes")
  await run("apply", "-f", withDeadline("10m"), "--yes")
  const applied = await run("apply", "-f", withDeadline("90s"), "--yes")
  expect(applied.out.split("\n").map((line) => line.trim())).toEqual([
    "~ deployment/web  progress deadline 10m -> 1m30s",
    "deployment/web updated"
  ])
  expect((await run("plan", "-f", withDeadline("90s"))).out).toContain("= deployment/web  as wanted")
})

it("without one it is said to be a rehearsal", async () => {
  const { code, err, out } = await runCommand(["get", "nodes", "--backend", "sim"])
  expect([code, out]).toEqual([0, ""])
  expect(err).toBe(
    "sim: a rehearsal, forgotten when this command ends; --state FILE goes on from command to command\nno nodes found"
  )
})

it("a state that is none ends with 2 and is left alone", async () => {
  const { run, state } = session("broken.json")
  file("broken.json", '{"version": 1, "seed": 0')
  const { code, err } = await run("get", "nodes")
  expect([code, err]).toEqual([2, expect.stringContaining("this is no state of a simulated backend")])
  expect(readFileSync(state, "utf8")).toBe('{"version": 1, "seed": 0')
})

it("what get prints as YAML is a file that asks for what is there", { timeout: 60_000 }, async () => {
  const { run } = session("piped.json")
  await run("apply", "-f", fleet, "--yes")
  const printed: Array<string> = []
  for (const kind of ["clusters", "deployments", "jobs"]) printed.push((await run("get", kind, "-o", "yaml")).out)
  expect(printed[0]).toContain("instance_type: c5.xlarge")
  const again = await run("plan", "-f", file("again.yaml", printed.join("\n---\n")))
  expect([again.code, again.out.split("\n").filter((line) => !line.startsWith("="))]).toEqual([0, []])
})

const bin = join(import.meta.dirname, "../src/main.ts")
const processOf = (...args: ReadonlyArray<string>) =>
  spawn(process.execPath, ["--conditions=@orrery/source", bin, ...args, "--backend", "sim"], { stdio: "pipe" })

it("commands at once go one after the other, and none loses another's work", { timeout: 120_000 }, async () => {
  const { run, state } = session("shared.json")
  const codes = [1, 2, 3, 4].map((number) => {
    const one = file(`at-once-${number}.yaml`, `deployments: [{name: web-${number}, image: "web:1", replicas: 0}]`)
    const child = processOf("apply", "-f", one, "--yes", "--state", state)
    return new Promise((resolve) => child.on("close", resolve))
  })
  expect(await Promise.all(codes)).toEqual([0, 0, 0, 0])
  expect((await run("get", "deployments", "-o", "name")).out.split("\n")).toHaveLength(4)
  expect(readdirSync(folder).filter((name) => name.includes("lock"))).toEqual([])
})

it("the lock of a process that died is taken over, by one of several", { timeout: 120_000 }, async () => {
  const { run, state } = session("left.json")
  const { pid } = spawnSync(process.execPath, ["-e", "0"])
  writeFileSync(`${state}.lock`, `${pid} gone`)
  const both = await Promise.all([run("get", "nodes"), run("get", "nodes")])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(existsSync(`${state}.lock`)).toBe(false)
})

it("who waits for a process that is at work says for which", { timeout: 120_000 }, async () => {
  const { state } = session("busy.json")
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"])
  writeFileSync(`${state}.lock`, `${other.pid} busy`)
  const waiting = processOf("get", "nodes", "--state", state)
  let said = ""
  waiting.stderr.on("data", (part: Buffer) => (said += part.toString()))
  await expect.poll(() => said, { timeout: 60_000 }).toContain(`waiting for process ${other.pid}`)
  other.kill()
  expect(await new Promise((resolve) => waiting.on("close", resolve))).toBe(0)
})

it("a command that is killed in the middle leaves a state that can be read", { timeout: 120_000 }, async () => {
  const { run, state } = session("killed.json")
  expect((await run("apply", "-f", fleet, "--yes")).code).toBe(0)
  for (const afterMs of [150, 300, 450, 600]) {
    const child = processOf("scale", "deployment/web", "--replicas", "3", "--state", state)
    const ended = new Promise((resolve) => child.on("close", resolve))
    setTimeout(() => child.kill("SIGKILL"), afterMs)
    await ended
    expect(JSON.parse(readFileSync(state, "utf8"))).toMatchObject({ version: 1 })
  }
  expect((await run("get", "deployments")).code).toBe(0)
})
