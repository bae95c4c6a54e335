import { inspect } from "node:util"
import { Redacted } from "effect"
import { expect, it } from "vitest"
import type { AwsConfig } from "../src/Client.ts"
import { classify } from "../src/classify.ts"

// faults as the SDK throws them, recorded from EC2 and from servers that speak it
it.each([
  ["InsufficientInstanceCapacity", 500, "CapacityExhausted", "elsewhere"],
  ["Unsupported", 400, "CapacityExhausted", "elsewhere"],
  ["VcpuLimitExceeded", 400, "QuotaExceeded", "never"],
  ["MaxSpotInstanceCountExceeded", 400, "QuotaExceeded", "never"],
  ["InsufficientFreeAddressesInSubnet", 400, "QuotaExceeded", "never"],
  ["InsufficientHostCapacity", 500, "CapacityExhausted", "elsewhere"],
  ["SpotMaxPriceTooLow", 400, "CapacityExhausted", "elsewhere"],
  ["InstanceLimitExceeded", 400, "QuotaExceeded", "never"],
  ["VolumeLimitExceeded", 400, "QuotaExceeded", "never"],
  ["RequestLimitExceeded", 503, "Throttled", "later"],
  ["EC2ThrottledException", 400, "Throttled", "later"],
  ["AuthFailure", 401, "Unauthenticated", "never"],
  ["ExpiredToken", 400, "Unauthenticated", "never"],
  ["UnauthorizedOperation", 403, "Forbidden", "never"],
  ["OperationNotPermitted", 400, "Forbidden", "never"],
  ["AuthFailure.ServiceLinkedRoleCreationNotPermitted", 403, "Forbidden", "never"],
  ["UnsupportedOperation", 400, "Unsupported", "never"],
  ["IncorrectInstanceState", 400, "Stale", "later"],
  ["IdempotentParameterMismatch", 400, "Conflict", "never"],
  ["DependencyViolation", 400, "Stale", "later"],
  ["InvalidInstanceID.NotFound", 400, "NotFound", "never"],
  ["InvalidGroup.Duplicate", 400, "Conflict", "never"],
  ["InvalidLaunchTemplateName.AlreadyExistsException", 400, "Conflict", "never"],
  ["InternalError", 500, "Unavailable", "later"],
  ["InvalidParameterValue", 400, "InvalidInput", "never"],
  ["SomethingNew", 400, "Unclassified", "never"]
])("%s (%d) is %s: %s", (name, httpStatusCode, tag, retry) => {
  const error = classify("launch", "c5.xlarge", {
    name,
    message: "words of EC2",
    $metadata: { httpStatusCode, requestId: "r-1" }
  })
  expect([error.reason._tag, error.retry, error.reason.code, error.reason.requestId]).toEqual([tag, retry, name, "r-1"])
  expect(error.remedy).not.toBe("")
})

it("a connection that nobody answers is unavailable", () => {
  expect(
    classify("observe", "machines", Object.assign(new Error("connect"), { code: "ECONNREFUSED" })).reason._tag
  ).toBe("Unavailable")
})

it("honours Retry-After", () => {
  const fault = { name: "RequestLimitExceeded", $response: { headers: { "retry-after": "3" } } }
  expect(classify("launch", "x", fault).reason).toMatchObject({ _tag: "Throttled", retryAfterMs: 3000 })
})

it("without a region or credentials it says what to set [D46]", () => {
  const { reason } = classify("goals", "launch templates", new Error("Region is missing"))
  expect([reason._tag, reason.what, reason.remedy]).toEqual([
    "InvalidInput",
    "cluster.region: no region is given",
    "name one in the cluster's file or in AWS_REGION"
  ])
  const fault = { name: "CredentialsProviderError", message: "Could not load credentials from any providers" }
  expect(classify("goals", "x", fault).message).toMatch(/not logged in: no credentials: set AWS_ACCESS_KEY_ID and/)
})

it("a key that was given is in no message and no print [D25]", () => {
  const config: AwsConfig = { region: "us-east-1", accessKeyId: "AKIA", secretAccessKey: Redacted.make("hush-hush") }
  expect([JSON.stringify(config), inspect(config, { depth: 9 }), String(config.secretAccessKey)].join()).not.toContain(
    "hush"
  )
})
