import { turnOf } from "@orrery/core"
import { expect, it } from "vitest"

it("a job goes once all before it have succeeded", () => {
  expect(turnOf([])).toEqual({ _tag: "Go" })
  expect(
    turnOf([
      ["a", "succeeded"],
      ["b", "succeeded"]
    ])
  ).toEqual({ _tag: "Go" })
})

it("it waits for those that are not over, and for those that are not there", () => {
  expect(
    turnOf([
      ["a", "running"],
      ["b", undefined],
      ["c", "succeeded"]
    ])
  ).toEqual({ _tag: "Wait", why: "it waits for the jobs a, b (not there)" })
})

it.each([
  ["failed", "the job b that it waits for failed"],
  ["cancelled", "the job b that it waits for was cancelled"]
] as const)("it never goes where one has %s", (state, why) => {
  expect(
    turnOf([
      ["a", "waiting"],
      ["b", state]
    ])
  ).toEqual({ _tag: "Never", why })
})
