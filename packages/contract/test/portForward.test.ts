import { createServer, type Server } from "node:net"
import { because, type ComputeError, ContainerManager, native, Unavailable } from "@orrery/core"
import { Effect, Layer, type Scope } from "effect"
import { describe, expect, it } from "vitest"
import { type Backend, suite } from "../src/index.ts"
import { memoryContainers } from "./memory/deployments.ts"
import { capabilitiesBut, memory } from "./memory/memory.ts"

const listening: Effect.Effect<{ readonly server: Server; readonly port: number }, ComputeError> = Effect.callback(
  (resume) => {
    const server = createServer((socket) => socket.end())
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      resume(Effect.succeed({ server, port }))
    })
    server.once("error", ({ message: detail }) =>
      resume(Effect.fail(because(new Unavailable({ backend: "memory", operation: "portForward", detail }))))
    )
  }
)

/** The honest backend with ports of its own; real ones, so that its clock is the real one, too. */
const forwarding = (forward: Effect.Effect<number, ComputeError, Scope.Scope>): Backend => {
  const capabilities = capabilitiesBut({ portForward: native })
  const containers = Layer.effect(
    ContainerManager,
    Effect.map(ContainerManager, (good) => ({ ...good, portForward: () => forward }))
  ).pipe(Layer.provide(memoryContainers(capabilities)))
  return { ...memory(capabilities), services: { containers }, pace: { settleMs: 1_000, pollMs: 20, timeoutMs: 10_000 } }
}

const outcomeOf = (backend: Backend): Promise<string> => {
  const check = suite(backend).find(({ title }) => title.startsWith("portForward opens"))
  return Effect.runPromise(Effect.exit(check?.run ?? Effect.void).pipe(Effect.map(String)))
}

describe("the contract of forwarded ports", () => {
  it("is kept by one that listens as long as its scope", async () => {
    const forward = Effect.acquireRelease(listening, ({ server }) => Effect.sync(() => server.close()))
    expect(await outcomeOf(forwarding(Effect.map(forward, ({ port }) => port)))).toContain("Success")
  })

  it("rejects one that stays open", async () => {
    const left: Array<Server> = []
    const forward = Effect.map(listening, ({ port, server }) => {
      left.push(server)
      return port
    })
    expect(await outcomeOf(forwarding(forward))).toContain("is closed")
    for (const server of left) server.close()
  })

  it("rejects one on which nobody listens", async () => {
    expect(await outcomeOf(forwarding(Effect.succeed(1)))).toContain("nobody listens")
  })
})
