import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeAll, expect, it } from "vitest"
import { startWithKubelet } from "./startWithKubelet.ts"

const kubeconfig = startWithKubelet("cli-pods", "--with", "metrics")
const folder = mkdtempSync(join(tmpdir(), "compute-"))
const bin = join(import.meta.dirname, "../src/main.ts")

/** Starts the command as a process of its own, as its streams are what is looked at here. */
const begin = (...args: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, ["--conditions=@orrery/source", bin, ...args], {
    env: { ...process.env, COMPUTE_BACKEND: "kubernetes", KUBECONFIG: kubeconfig },
    stdio: "pipe"
  })

const textOf = (child: ChildProcess, stream: "stdout" | "stderr") => {
  let text = ""
  child[stream]?.on("data", (part: Buffer) => (text += part.toString()))
  return () => text
}

const compute = (args: ReadonlyArray<string>, input = "") =>
  new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>((resolve) => {
    const child = begin(...args)
    const out = textOf(child, "stdout")
    const err = textOf(child, "stderr")
    child.stdin?.end(input)
    child.on("close", (code) => resolve({ code, out: out(), err: err() }))
  })

const web = "deployment/web"

const file = join(folder, "web.yaml")
const apply = (version: string) => {
  const script = "mkdir -p /srv; while true; do echo hello | nc -l -p 8080; done"
  writeFileSync(
    file,
    `deployments:
  - name: web
    image: busybox:1
    command: ["sh", "-c", "${script}"]
    environment: {VERSION: "${version}"}
    port: 8080
    resources: {requests: {cpu: 50m, memory: 16Mi}}
`
  )
  return compute(["apply", "-f", file, "--yes"])
}
const rollout = async (verb: string, ...more: ReadonlyArray<string>): Promise<string> => {
  const { code, err, out } = await compute(["rollout", verb, web, ...more])
  expect([code, err]).toEqual([0, ""])
  return out
}

beforeAll(async () => {
  expect(await apply("one")).toMatchObject({ code: 0 })
  expect(await rollout("status")).toContain("all 1 replicas are new and ready")
}, 240_000)

it("exec joins streams and ends as the command ended", async () => {
  expect(await compute(["exec", web, "--", "sh", "-c", "echo out; echo err >&2; exit 7"])).toEqual({
    code: 7,
    out: "out\n",
    err: "err\nerror: the command ended with 7\n"
  })
  expect(await compute(["exec", "-i", web, "--", "cat"], "typed")).toMatchObject({ code: 0, out: "typed" })
})

it("cp takes files there and back", async () => {
  const [from, to] = [join(folder, "from"), join(folder, "to")]
  mkdirSync(from)
  writeFileSync(join(from, "a file"), "what it holds")
  expect(await compute(["cp", from, `${web}:/srv/there`])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^1 file /)
  })
  expect(await compute(["cp", `${web}:/srv/there`, to])).toMatchObject({ code: 0 })
  expect(readFileSync(join(to, "a file"), "utf8")).toBe("what it holds")
})

/** What the other side says to whoever connects. */
const greeting = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ""
    const socket = connect(port, "127.0.0.1")
    socket.on("data", (part) => (text += part.toString()))
    socket.on("error", reject)
    socket.on("close", () => resolve(text))
  })

it("port-forward leads to the pod until it is interrupted", async () => {
  const child = begin("port-forward", web, ":8080")
  const out = textOf(child, "stdout")
  const ended = new Promise((resolve) => child.on("close", resolve))
  await expect.poll(out, { timeout: 120_000 }).toMatch(/^forwarding 127\.0\.0\.1:\d+ to port 8080 of pod\/web-/)
  expect(await greeting(Number(out().match(/:(\d+) to/)?.[1]))).toBe("hello\n")
  child.kill("SIGINT")
  expect(await ended).toBe(130)
})

it("describe tells what happened, and top what is used", async () => {
  expect((await compute(["describe", web])).out).toMatch(/events\n.*Scaled up replica set/s)
  expect((await compute(["describe", web, "-o", "yaml"])).out).toContain("image: busybox:1")
  await expect
    .poll(async () => (await compute(["top", "nodes"])).out, { timeout: 120_000, interval: 1000 })
    .toMatch(/USED CPU +USED MEMORY\nreal( +\S+){4}( +\d\S*){2}\n$/)
  await expect
    .poll(async () => (await compute(["top", "pods"])).out, { timeout: 120_000, interval: 1000 })
    .toMatch(/\nweb-\S+( +\d\S*){2}\n/)
})

it("rollouts are followed, restarted, paused and undone", async () => {
  expect(await rollout("restart")).toBe(`${web} restarted\n`)
  expect(await rollout("status")).toContain("all 1 replicas are new and ready")
  expect((await compute(["plan", "-f", file])).out).toBe(`= ${web}  as wanted\n`)

  expect(await rollout("pause")).toBe(`${web} paused\n`)
  expect(await apply("two")).toMatchObject({ code: 0 })
  expect(await rollout("history")).not.toMatch(/\n3 /)
  expect(await rollout("resume")).toBe(`${web} resumed\n`)
  await expect
    .poll(() => rollout("history"), { timeout: 120_000, interval: 1000 })
    .toMatch(/\n3 +busybox:1 +current\n2 /)

  expect(await rollout("undo", "--to-revision", "1")).toContain("what revision 1 was")
  expect(await rollout("status")).toContain("all 1 replicas are new and ready")
  expect((await compute(["get", web, "-o", "yaml"])).out).toContain("one")
})
