import { assert, it } from "@effect/vitest"
import { production } from "@orrery/core"
import { Effect } from "effect"
import { Services } from "../../src/kubetorch/index.ts"
import { sayJson, scriptedServer } from "../scriptedServer.ts"

const lost = { kind: "Status", code: 500, reason: "InternalError", message: "etcdserver: request timed out" }
const none = { kind: "Status", code: 404, reason: "NotFound", message: "there is none" }

it.live("a look that failed does not say that a service is gone: its removal fails", () =>
  Effect.gen(function* () {
    const server = yield* scriptedServer(({ reply }) => sayJson(reply, lost, 500))
    const failed = yield* Effect.flip(
      Services.use((services) => services.remove({ name: "web" })).pipe(Effect.provide(Services.layer(server)))
    )
    assert.strictEqual(failed.reason._tag, "Unavailable")
    assert.isTrue(server.asked.every((line) => line.startsWith("GET ")))
  })
)

it.live("services go through the middleware as all others do, which asks again for what is lost", () =>
  Effect.gen(function* () {
    const server = yield* scriptedServer(({ reply }, count) =>
      count <= 5 ? sayJson(reply, lost, 500) : sayJson(reply, none, 404)
    )
    const failed = yield* Effect.flip(
      Services.use((services) => services.get({ name: "web" })).pipe(
        Effect.provide(production({ retry: { delayMs: 1 } })(Services.layer(server)))
      )
    )
    assert.strictEqual(failed.reason._tag, "NotFound")
  })
)
