import { because, Forbidden, Unavailable } from "@orrery/core"
import { Effect, Exit } from "effect"
import { expect, it } from "vitest"
import { waitUntil } from "../src/objects/waitUntil.ts"

const where = { backend: "kubernetes", operation: "test" }
const lost = because(new Unavailable({ ...where, detail: "cut" }))

/** Looks that come to these answers one after the other; how many were taken, and what came of it. */
const waiting = async (answers: ReadonlyArray<boolean | typeof lost>, forMs = 60_000) => {
  let looks = 0
  const look = Effect.suspend(() => {
    const answer = answers[looks++] ?? false
    return typeof answer === "boolean" ? Effect.succeed(answer) : Effect.fail(answer)
  })
  const exit = await Effect.runPromiseExit(waitUntil(look, forMs))
  return { looks, came: Exit.isSuccess(exit) ? exit.value : "failed" }
}

it("a look that is lost does not end a wait, nor do several that are not in a row", async () => {
  expect(await waiting([lost, lost, false, lost, true])).toEqual({ looks: 5, came: true })
})

it("a row of lost looks is the caller's", async () => {
  expect(await waiting([false, lost, lost, lost, true])).toEqual({ looks: 4, came: "failed" })
})

it("what would fail again fails at once", async () => {
  const refused = because(new Forbidden({ ...where, detail: "no" }))
  expect(await waiting([refused, true])).toEqual({ looks: 1, came: "failed" })
})

it("a wait that is over says that it never was so", async () => {
  expect(await waiting([], 300)).toEqual({ looks: 3, came: false })
})
