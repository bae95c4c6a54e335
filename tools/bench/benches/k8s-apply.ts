import { readFileSync } from "node:fs"
import { Agent, request } from "node:https"
import { text } from "node:stream/consumers"
import { Deployment } from "@orrery/core"
import { Effect, Schema } from "effect"
import { Client } from "../../../packages/provider-k8s/src/Client.ts"
import { createDeployment } from "../../../packages/provider-k8s/src/containerManager.ts"
import { deploymentsPath } from "../../../packages/provider-k8s/src/objects/paths.ts"
import { toDeployment } from "../../../packages/provider-k8s/src/translate/deployment.ts"
import { type ControlPlane, onControlPlane } from "../kube/controlPlane.ts"
import type { BenchResult } from "../main.ts"

const count = 200
const concurrency = 16
const rounds = 5
/** Whose it is must be known before it is changed: one call to look, one to apply. No call makes and refuses in one. */
const callsFewest = 2
const goal = 1.1

const specOf = (name: string) => ({
  ...Schema.decodeSync(Deployment)({
    name,
    // what is measured are the calls: nothing is to run
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      labels: { app: name },
      spec: {
        containers: [
          {
            name: "main",
            image: "registry.example.com/team/service:1.2.3",
            args: ["serve", "--port", "8080"],
            ports: [{ containerPort: 8080 }],
            environment: Array.from({ length: 10 }, (_, index) => ({ name: `SETTING_${index}`, value: `$(${index})` })),
            resources: { requests: { cpuMilli: "100m", memoryBytes: "128Mi" } },
            healthCheck: { readiness: { http: { port: 8080 } } }
          }
        ]
      }
    }
  }),
  namespace: "default"
})

/** Many at a time, all of them done when this is. */
const each = async (names: ReadonlyArray<string>, call: (name: string) => Promise<unknown>): Promise<number> => {
  const queue = [...names]
  const beganMs = performance.now()
  const worker = async () => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) await call(name)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return performance.now() - beganMs
}

/** Sends the same requests with nothing in between, over connections that are kept. */
const bare = ({ kubeconfig }: ControlPlane) => {
  const written = readFileSync(kubeconfig, "utf8")
  const [, server = ""] = /server: "([^"]+)"/.exec(written) ?? []
  const [, token = ""] = /token: "(\w+)"/.exec(written) ?? []
  const [, authority = ""] = /certificate-authority: "([^"]+)"/.exec(written) ?? []
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency, ca: readFileSync(authority) })
  return (method: string, path: string, body?: object) =>
    new Promise<string>((resolve, reject) => {
      const type = body === undefined ? {} : { "Content-Type": "application/apply-patch+yaml" }
      const headers = { Authorization: `Bearer ${token}`, Accept: "application/json", ...type }
      const sent = request(`${server}${path}`, { method, agent, headers }, (reply) => {
        const { statusCode: status = 0 } = reply
        // an answer that refuses is quicker, and compares with nothing; what is not there yet is none
        if (status >= 300 && !(method === "GET" && status === 404)) reject(new Error(`${method} ${path}: ${status}`))
        else text(reply).then((said) => resolve(JSON.parse(said)), reject)
      })
      sent.on("error", reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
}

const names = (prefix: string): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`)

/** Makes 200 deployments through the provider; counts every call that reaches the server. */
const through = async ({ client }: ControlPlane, prefix: string) => {
  let calls = 0
  const counted: Client["Service"] = {
    ...client,
    request: (call) => {
      calls++
      return client.request(call)
    }
  }
  const ms = await each(names(prefix), (name) =>
    Effect.runPromise(Effect.provideService(createDeployment(specOf(name)), Client, counted))
  )
  return { ms, calls }
}

const directly = (send: ReturnType<typeof bare>, prefix: string): Promise<number> =>
  each(names(prefix), async (name) => {
    const path = deploymentsPath("default", name)
    await send("GET", path)
    await send("PATCH", `${path}?fieldManager=bench&force=false&fieldValidation=Strict`, toDeployment(specOf(name)))
  })

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** 200 deployments made by the provider, beside the same requests sent bare, by turns. */
export const run = (): Promise<BenchResult> =>
  onControlPlane(async (plane) => {
    const send = bare(plane)
    await through(plane, "warm-ours")
    await directly(send, "warm-bare")
    const turns: Array<{ readonly oursMs: number; readonly bareMs: number; readonly calls: number }> = []
    for (let round = 0; round < rounds; round++) {
      const ours = await through(plane, `ours-${round}`)
      const again = await through(plane, `ours-${round}`)
      const bareMs = await directly(send, `bare-${round}`)
      for (const { calls } of [ours, again])
        if (calls !== callsFewest * count) throw new Error(`${calls} calls for ${count} deployments`)
      turns.push({ oursMs: ours.ms, bareMs, calls: ours.calls })
    }
    const times = median(turns.map(({ bareMs, oursMs }) => oursMs / bareMs))
    return {
      value: times,
      unit: `times the wall time of the same ${callsFewest * count} requests sent bare`,
      against: `at most ${goal} times`,
      ratio: goal / times,
      curve: turns.map(({ bareMs, calls, oursMs }) => ({
        oursMs: Math.round(oursMs),
        bareMs: Math.round(bareMs),
        calls
      }))
    }
  })
