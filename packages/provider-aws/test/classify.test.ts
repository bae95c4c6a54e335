import { expect, it } from "vitest"
import { classify } from "../src/classify.ts"

// faults as the SDK throws them, recorded from EC2 and from servers that speak it
it.each([
  ["InsufficientInstanceCapacity", 500, "CapacityExhausted", "elsewhere"],
  ["Unsupported", 400, "CapacityExhausted", "elsewhere"],
  ["VcpuLimitExceeded", 400, "QuotaExceeded", "never"],
  ["MaxSpotInstanceCountExceeded", 400, "QuotaExceeded", "never"],
  ["InsufficientFreeAddressesInSubnet", 400, "QuotaExceeded", "never"],
  ["RequestLimitExceeded", 503, "Throttled", "later"],
  ["AuthFailure", 401, "Unauthenticated", "never"],
  ["ExpiredToken", 400, "Unauthenticated", "never"],
  ["UnauthorizedOperation", 403, "Forbidden", "never"],
  ["IdempotentParameterMismatch", 400, "Conflict", "never"],
  ["DependencyViolation", 400, "Stale", "later"],
  ["InvalidInstanceID.NotFound", 400, "NotFound", "never"],
  ["InvalidGroup.Duplicate", 400, "Conflict", "never"],
  ["InvalidLaunchTemplateName.AlreadyExistsException", 400, "Conflict", "never"],
  ["InternalError", 500, "Unavailable", "later"],
  ["InvalidParameterValue", 400, "InvalidInput", "never"],
  ["SomethingNew", 400, "Unclassified", "never"]
])("%s is %s", (name, httpStatusCode, tag, retry) => {
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
