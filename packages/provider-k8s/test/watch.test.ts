import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Client } from "../src/Client.ts"
import { type Change, watch } from "../src/objects/watch.ts"
import type { WireObject } from "../src/objects/wire.ts"
import { type Asked, sayEvents, sayJson, scriptedServer } from "./scriptedServer.ts"

const thing = (name: string, version: string): WireObject => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: version }
})
const listOf = (version: string, ...items: ReadonlyArray<WireObject>) => ({
  metadata: { resourceVersion: version },
  items
})
const textOf = (change: Change<WireObject>): string =>
  change.type === "Synced" ? "Synced" : `${change.type} ${change.object.metadata?.name}`

/** What a watch tells of a server that answers so, until it was told `count` things. */
const told = (count: number, answer: (asked: Asked, watches: number) => void) =>
  Effect.gen(function* () {
    let watches = 0
    const server = yield* scriptedServer((asked) => {
      if (asked.query.has("watch")) watches++
      answer(asked, watches)
    })
    const changes = yield* watch<WireObject>({
      operation: "watch",
      kind: "thing",
      name: "",
      path: "/api/v1/things"
    }).pipe(Stream.take(count), Stream.map(textOf), Stream.runCollect, Effect.provide(Client.layer(server)))
    return { changes, asked: server.asked }
  })

it.live("begins with all pages, then tells each change", () =>
  Effect.gen(function* () {
    const { asked, changes } = yield* told(5, ({ query, reply }) => {
      if (query.has("watch"))
        sayEvents(reply, { type: "ADDED", object: thing("c", "8") }, { type: "DELETED", object: thing("a", "9") })
      else if (query.get("continue") === "next") sayJson(reply, listOf("7", thing("b", "5")))
      else sayJson(reply, { metadata: { resourceVersion: "7", continue: "next" }, items: [thing("a", "4")] })
    })
    assert.deepStrictEqual(changes, ["Set a", "Set b", "Synced", "Set c", "Gone a"])
    assert.include(asked.at(-1), "resourceVersion=7")
    assert.include(asked.at(-1), "allowWatchBookmarks=true")
  })
)

const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" }

it.live.each([
  ["as a status", (asked: Asked) => sayJson(asked.reply, gone, 410)],
  ["inside of the stream", (asked: Asked) => sayEvents(asked.reply, { type: "ERROR", object: gone })]
] as const)("410 %s leads to a new list, and deletes nobody told are computed", ([, expire]) =>
  Effect.gen(function* () {
    let lists = 0
    const { changes } = yield* told(5, (asked, watches) => {
      if (asked.query.has("watch")) {
        if (watches === 1) expire(asked)
        else sayEvents(asked.reply)
        return
      }
      lists++
      sayJson(asked.reply, lists === 1 ? listOf("1", thing("a", "1"), thing("b", "1")) : listOf("9", thing("b", "2")))
    })
    assert.deepStrictEqual(changes, ["Set a", "Set b", "Synced", "Set b", "Gone a"])
  })
)

it.live("a new list that breaks off after its first page is read again, not followed", () =>
  Effect.gen(function* () {
    let lists = 0
    const { changes } = yield* told(6, ({ query, reply }, watches) => {
      if (query.has("watch")) {
        if (watches === 1) sayJson(reply, gone, 410)
        else sayEvents(reply)
      } else if (query.has("continue")) sayJson(reply, { kind: "Status", code: 500, reason: "InternalError" }, 500)
      else {
        lists++
        if (lists === 1) sayJson(reply, listOf("1", thing("a", "1"), thing("b", "1")))
        else if (lists === 2)
          sayJson(reply, { metadata: { resourceVersion: "9", continue: "next" }, items: [thing("b", "2")] })
        else sayJson(reply, listOf("9", thing("b", "2"), thing("c", "3")))
      }
    })
    assert.deepStrictEqual(changes, ["Set a", "Set b", "Synced", "Set b", "Set c", "Gone a"])
  })
)

it.live("a patient watch asks again for its first list, another one fails with it", () =>
  Effect.gen(function* () {
    const once = (patient: boolean) =>
      Effect.gen(function* () {
        let lists = 0
        const server = yield* scriptedServer(({ query, reply }) => {
          if (query.has("watch")) sayEvents(reply)
          else if (++lists === 1) sayJson(reply, { kind: "Status", code: 500, reason: "InternalError" }, 500)
          else sayJson(reply, listOf("1", thing("a", "1")))
        })
        const call = { operation: "watch", kind: "thing", name: "", path: "/api/v1/things" }
        return yield* watch<WireObject>(call, { patient }).pipe(
          Stream.take(2),
          Stream.map(textOf),
          Stream.runCollect,
          Effect.provide(Client.layer(server))
        )
      })
    assert.deepStrictEqual(yield* once(true), ["Set a", "Synced"])
    assert.strictEqual((yield* Effect.flip(once(false))).reason._tag, "Unavailable")
  })
)

it.live("a closed stream is taken up from the last bookmark", () =>
  Effect.gen(function* () {
    const { asked, changes } = yield* told(2, ({ query, reply }, watches) => {
      if (!query.has("watch")) sayJson(reply, listOf("1"))
      else if (watches === 1) {
        sayEvents(reply, { type: "BOOKMARK", object: { metadata: { resourceVersion: "55" } } })
        reply.end()
      } else sayEvents(reply, { type: "ADDED", object: thing("a", "56") })
    })
    assert.deepStrictEqual(changes, ["Synced", "Set a"])
    assert.include(asked.at(-1), "resourceVersion=55")
  })
)

it.live("a server that closes every stream at once is not asked in a storm, and all is read again", () =>
  Effect.gen(function* () {
    let lists = 0
    const began = performance.now()
    const { asked } = yield* told(2, ({ query, reply }) => {
      if (!query.has("watch")) {
        lists++
        sayJson(reply, lists === 1 ? listOf("1") : listOf("9", thing("a", "2")))
        return
      }
      sayEvents(reply)
      reply.end()
    })
    assert.isAtMost(asked.length, 6)
    assert.isAtLeast(performance.now() - began, 500)
  })
)

it.live("a server that calls every version too old is not asked in a storm", () =>
  Effect.gen(function* () {
    let lists = 0
    const server = yield* scriptedServer(({ query, reply }) => {
      if (query.has("watch")) sayJson(reply, gone, 410)
      else sayJson(reply, listOf(String(++lists)))
    })
    const call = { operation: "watch", kind: "thing", name: "", path: "/api/v1/things" }
    yield* watch<WireObject>(call).pipe(
      Stream.runDrain,
      Effect.provide(Client.layer(server)),
      Effect.timeoutOption(3_000)
    )
    assert.isAtLeast(lists, 3)
    assert.isAtMost(server.asked.length, 14)
  })
)

it.live(
  "streams that break off after they told something are no failures, however many",
  () =>
    Effect.gen(function* () {
      const { changes } = yield* told(13, ({ query, reply }, watches) => {
        if (!query.has("watch")) return sayJson(reply, listOf("1"))
        sayEvents(reply, { type: "ADDED", object: thing(`n${watches}`, String(watches + 1)) })
        // broken off in the middle of a line
        reply.write('{"type":"ADD', () => reply.destroy())
      })
      assert.deepStrictEqual(changes, ["Synced", ...Array.from({ length: 12 }, (_, index) => `Set n${index + 1}`)])
    }),
  30_000
)

it.live("a permission that is taken away ends the watch", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(
      told(9, ({ query, reply }) => {
        if (!query.has("watch")) sayJson(reply, listOf("1"))
        else sayJson(reply, { kind: "Status", code: 403, reason: "Forbidden", message: "cannot watch things" }, 403)
      })
    )
    assert.strictEqual(error.reason._tag, "Forbidden")
    assert.include(error.message, "cannot watch things (context there, server http://127.0.0.1:")
  })
)

it.effect("a stream that says nothing for long is opened again", () =>
  Effect.gen(function* () {
    const silent = Promise.withResolvers<void>()
    const telling = yield* Effect.forkChild(
      told(2, ({ query, reply }, watches) => {
        if (!query.has("watch")) sayJson(reply, listOf("1"))
        else if (watches === 1) {
          sayEvents(reply, { type: "BOOKMARK", object: { metadata: { resourceVersion: "3" } } })
          silent.resolve()
        } else sayEvents(reply, { type: "ADDED", object: thing("a", "4") })
      })
    )
    yield* Effect.promise(() => silent.promise)
    yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 100)))
    yield* TestClock.adjust("2 minutes")
    assert.deepStrictEqual((yield* Fiber.join(telling)).changes, ["Synced", "Set a"])
  })
)
