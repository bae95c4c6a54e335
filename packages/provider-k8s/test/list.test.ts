import { assert, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Client } from "../src/Client.ts"
import { list } from "../src/objects/list.ts"
import type { WireObject } from "../src/objects/wire.ts"
import { type Asked, sayJson, scriptedServer } from "./scriptedServer.ts"

const things = (...names: ReadonlyArray<string>): ReadonlyArray<WireObject> =>
  names.map((name) => ({ metadata: { name, namespace: "default", uid: name } }))
const pageOf = (items: ReadonlyArray<WireObject>, next = "") => ({
  metadata: { resourceVersion: "1", ...(next === "" ? {} : { continue: next }) },
  items
})
const tooOld = { kind: "Status", code: 410, reason: "Expired", message: "The provided continue parameter is too old" }

/** The names of a whole list, as the script gives it. */
const listed = (answer: (asked: Asked, count: number) => void) =>
  Effect.gen(function* () {
    const server = yield* scriptedServer(answer)
    return yield* list<WireObject>({ operation: "list", kind: "thing", name: "", path: "/api/v1/things" }).pipe(
      Stream.map(({ metadata }) => metadata?.name),
      Stream.runCollect,
      Effect.provide(Client.layer(server))
    )
  })

it.live("a page that is too old does not lose the tail, and nothing is given twice", () =>
  Effect.gen(function* () {
    const names = yield* listed(({ query, reply }, count) => {
      if (count === 1) sayJson(reply, pageOf(things("a", "b"), "next"))
      else if (query.has("continue")) sayJson(reply, tooOld, 410)
      // meanwhile b went, and aa came before it: what was passed is not told again
      else sayJson(reply, pageOf(things("a", "aa", "c", "d")))
    })
    assert.deepStrictEqual(names, ["a", "b", "c", "d"])
  })
)

it.live("a later page that is lost is asked for again, as what was given cannot be taken back", () =>
  Effect.gen(function* () {
    const lost = { kind: "Status", code: 500, reason: "InternalError", message: "etcdserver: request timed out" }
    const names = yield* listed(({ query, reply }, count) => {
      if (count === 2 || count === 3) sayJson(reply, lost, 500)
      else if (query.has("continue")) sayJson(reply, pageOf(things("c")))
      else sayJson(reply, pageOf(things("a", "b"), "next"))
    })
    assert.deepStrictEqual(names, ["a", "b", "c"])
  })
)

it.live("a first page that is lost is the caller's, who has been given nothing", () =>
  Effect.gen(function* () {
    let asked = 0
    const lost = yield* Effect.flip(
      listed(({ reply }) => {
        asked++
        sayJson(reply, { kind: "Status", code: 503, reason: "ServiceUnavailable", message: "not now" }, 503)
      })
    )
    assert.deepStrictEqual([lost.reason._tag, asked], ["Unavailable", 1])
  })
)

it.live("a list whose pages are always too old goes on so long as it gets on, and fails when it does not", () =>
  Effect.gen(function* () {
    const all = ["a", "b", "c", "d"]
    let given = 0
    const names = yield* listed(({ query, reply }) => {
      if (query.has("continue")) sayJson(reply, tooOld, 410)
      else {
        given++
        sayJson(reply, pageOf(things(...all.slice(0, given)), given < all.length ? "next" : ""))
      }
    })
    assert.deepStrictEqual(names, all)
    const stuck = yield* Effect.flip(
      listed(({ query, reply }) =>
        query.has("continue") ? sayJson(reply, tooOld, 410) : sayJson(reply, pageOf(things("a"), "next"))
      )
    )
    assert.strictEqual(stuck.reason._tag, "Stale")
  })
)
