import { InstanceTypeText, parseInstanceType, printInstanceType } from "@orrery/core"
import { Result, Schema } from "effect"
import { expect, it } from "vitest"

it.each([
  ["c5.xlarge", { name: "c5.xlarge", family: "c5", size: "xlarge" }],
  ["AWS:g6.2xlarge", { provider: "aws", name: "g6.2xlarge", family: "g6", size: "2xlarge" }],
  ["AWS:T2 Medium", { provider: "aws", name: "t2.medium", family: "t2", size: "medium" }],
  ["M5  2xLarge", { name: "m5.2xlarge", family: "m5", size: "2xlarge" }],
  ["Standard_D4s_v5", { name: "Standard_D4s_v5", family: "D", size: "4s_v5" }],
  ["n2-standard-4", { name: "n2-standard-4" }]
])("%s [D13 R16]", (text, expected) => {
  const parsed = Result.getOrThrow(parseInstanceType(text))
  expect(parsed).toEqual(expected)
  expect(parseInstanceType(printInstanceType(parsed))).toEqual(Result.succeed(parsed))
})

it.each(["", ":", "aws:", "a b!", "1x:c5", "-c5", "not an instance", "two words", "t2 medium large"])(
  "%j is refused",
  (text) => expect(Result.isFailure(parseInstanceType(text))).toBe(true)
)

it.each(["t2.medium", "AWS:T2 Medium", "aws:t2.medium"])(
  "a pool of %s asks for what its provider offers [R16]",
  (text) => expect(Schema.decodeSync(InstanceTypeText)(text)).toBe("t2.medium")
)
