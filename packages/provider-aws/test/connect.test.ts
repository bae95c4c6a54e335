import { Compute, ComputeFailure } from "@orrery/core"
import { expect, it } from "vitest"
import * as provider from "../src/index.ts"

const refusal = (config: provider.AwsConfig): Promise<unknown> =>
  Compute.connect({ provider, config }).then(
    () => "connected",
    (error: unknown) => (error instanceof ComputeFailure ? error.message : error)
  )

it("half a key, or a field that is none, never ends in the environment's own account", async () => {
  expect(await refusal({ accessKeyId: "AKIAEXAMPLE" })).toContain("config.secretAccessKey: missing")
  const misspelt: object = { credentials: { secretAccessKey: "hunter2" } }
  const told = await refusal(misspelt)
  expect(told).toContain("config.credentials: unknown field, allowed: region")
  expect(told).not.toContain("hunter2")
})

it("a program without Effect gives its keys as text", async () => {
  expect(await refusal({ region: "us-east-1", accessKeyId: "AKIAEXAMPLE", secretAccessKey: "hunter2" })).toBe(
    "connected"
  )
})
