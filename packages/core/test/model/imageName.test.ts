import { parseImageName } from "@orrery/core"
import { Result } from "effect"
import { expect, it } from "vitest"

const digest = `sha256:${"0".repeat(64)}`

it.each([
  ["ubuntu", { repository: "ubuntu" }],
  ["ubuntu:22.04", { repository: "ubuntu", tag: "22.04" }],
  ["team/app", { repository: "team/app" }]
])("%s is of the default registry [N50]", (text, parts) => expect(parseImageName(text)).toEqual(Result.succeed(parts)))

it.each([
  ["ghcr.io/team/app:1", { registry: "ghcr.io", repository: "team/app", tag: "1" }],
  ["localhost/app", { registry: "localhost", repository: "app" }],
  ["registry:5000/app", { registry: "registry:5000", repository: "app" }],
  ["registry:5000/app:1", { registry: "registry:5000", repository: "app", tag: "1" }],
  [`registry:5000/app:1@${digest}`, { registry: "registry:5000", repository: "app", tag: "1", digest }]
])("%s names its registry, whose port is no tag [N51 N52]", (text, parts) =>
  expect(parseImageName(text)).toEqual(Result.succeed(parts))
)

it.each(["", "-app", "App", "app:", "app:a:b", "app:-a", "a//b", "app@sha256:0", ":1", "registry:port/app", "app "])(
  "%j is refused in words [N52]",
  (text) => expect(Result.getOrThrow(Result.flip(parseImageName(text))).length).toBeGreaterThan(0)
)
