import { expect, it } from "vitest"
import { classify, type Fault } from "../src/classify.ts"

const subject = { operation: "createDeployment", kind: "deployment", name: "web" }
const of = (fault: Fault) => classify(subject, "context c, server s", fault)
const status = (code: number, reason: string, message: string, details: object = {}): Fault => ({
  status: code,
  message,
  body: { reason, message, details }
})

// answers recorded from kube-apiserver 1.36
it.each<readonly [string, Fault, string, string]>([
  ["nobody answers", { code: "ECONNREFUSED", message: "connect ECONNREFUSED" }, "Unavailable", "later"],
  [
    "a server that speaks no TLS",
    { code: "ERR_SSL_WRONG_VERSION_NUMBER", message: "SSL routines:ssl3_get_record:wrong version number" },
    "Failed",
    "never"
  ],
  [
    "a certificate that nobody vouches for",
    { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE", message: "unable to verify the first certificate" },
    "Failed",
    "never"
  ],
  [
    "a certificate that has run out",
    { code: "CERT_HAS_EXPIRED", message: "certificate has expired" },
    "Failed",
    "never"
  ],
  ["a web page", { status: 404, foreign: true, message: "<html>not here</html>" }, "Failed", "never"],
  ["a proxy that reaches nobody", { status: 502, foreign: true, message: "bad gateway" }, "Unavailable", "later"],
  ["a kind that the server does not know", { status: 404, message: "404 page not found" }, "NotFound", "never"],
  ["no credentials", status(401, "Unauthorized", "Unauthorized"), "Unauthenticated", "never"],
  [
    "no permission",
    status(403, "Forbidden", 'deployments.apps is forbidden: User "u" cannot create resource "deployments"'),
    "Forbidden",
    "never"
  ],
  [
    "quota",
    status(
      403,
      "Forbidden",
      'pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2'
    ),
    "QuotaExceeded",
    "never"
  ],
  [
    "LimitRange",
    status(403, "Forbidden", 'pods "a" is forbidden: maximum cpu usage per Container is 1, but limit is 2'),
    "InvalidInput",
    "never"
  ],
  [
    "a namespace that goes",
    status(403, "Forbidden", "unable to create new content in namespace a because it is being terminated"),
    "Stale",
    "later"
  ],
  [
    "a webhook that refuses",
    status(400, "BadRequest", 'admission webhook "policy.example.com" denied the request: no latest tags'),
    "Failed",
    "never"
  ],
  [
    "a webhook that is down",
    status(500, "InternalError", 'Internal error occurred: failed calling webhook "policy.example.com": timeout'),
    "Failed",
    "never"
  ],
  ["nothing there", status(404, "NotFound", 'deployments.apps "web" not found'), "NotFound", "never"],
  ["taken", status(409, "AlreadyExists", 'deployments.apps "web" already exists'), "Conflict", "never"],
  ["changed meanwhile", status(409, "Conflict", "the object has been modified"), "Stale", "later"],
  ["too old", status(410, "Expired", "too old resource version: 1 (99)"), "Stale", "later"],
  ["invalid", status(422, "Invalid", "Deployment.apps web is invalid"), "InvalidInput", "never"],
  ["too large", status(413, "RequestEntityTooLarge", "limit is 3145728"), "InvalidInput", "never"],
  ["overloaded", status(429, "TooManyRequests", "too many requests"), "Throttled", "later"],
  [
    "a budget",
    status(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [{ reason: "DisruptionBudget", message: "needs 2 healthy pods and has 2 currently" }]
    }),
    "Stale",
    "later"
  ],
  [
    "two budgets",
    status(
      500,
      "InternalError",
      "This pod has more than one PodDisruptionBudget, which the eviction does not support."
    ),
    "Failed",
    "never"
  ],
  ["its own failure", status(500, "InternalError", "etcdserver: request timed out"), "Unavailable", "later"],
  ["not ready yet", status(503, "ServiceUnavailable", "apiserver not ready"), "Unavailable", "later"],
  ["not this way", status(405, "MethodNotAllowed", "the server does not allow this method"), "Unsupported", "never"],
  ["something new", status(418, "Teapot", "short and stout"), "Unclassified", "never"]
])("%s", (_, fault, tag, retry) => {
  const error = of(fault)
  expect([error.reason._tag, error.retry]).toEqual([tag, retry])
  expect(error.remedy).not.toBe("")
})

it("whoever cannot reach or use a server learns which context and server that was", () => {
  for (const fault of [{ code: "ECONNREFUSED", message: "refused" }, status(401, "Unauthorized", "Unauthorized")])
    expect(of(fault).message).toContain("(context c, server s)")
})

it("a refused manifest keeps the server's field paths, all of them", () => {
  const causes = [
    { field: "spec.replicas", message: "must be greater than or equal to 0" },
    { field: "metadata.name", message: "must be lower case" }
  ]
  expect(of(status(422, "Invalid", "is invalid", { causes })).reason).toMatchObject({
    problems: [
      { path: "spec.replicas", message: "must be greater than or equal to 0" },
      { path: "metadata.name", message: "must be lower case" }
    ]
  })
})

it("fields of others are named with their owners", () => {
  const causes = [{ reason: "FieldManagerConflict", field: ".spec.replicas", message: 'conflict with "hpa"' }]
  expect(of(status(409, "Conflict", "Apply failed", { causes })).message).toContain(
    '.spec.replicas: conflict with "hpa"'
  )
})

it("a missing namespace is told as such, not as a missing deployment", () => {
  const details = { kind: "namespaces", name: "shop" }
  expect(of(status(404, "NotFound", 'namespaces "shop" not found', details)).reason).toMatchObject({
    _tag: "NotFound",
    kind: "namespace",
    name: "shop"
  })
})

it("honours Retry-After", () => {
  expect(of({ ...status(429, "TooManyRequests", "slow down"), retryAfterMs: 3000 }).reason).toMatchObject({
    retryAfterMs: 3000
  })
  expect(of(status(429, "TooManyRequests", "slow down", { retryAfterSeconds: 2 })).reason).toMatchObject({
    retryAfterMs: 2000
  })
})
