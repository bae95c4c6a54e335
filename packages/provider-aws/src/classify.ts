import {
  because,
  CapacityExhausted,
  type ComputeError,
  Conflict,
  Forbidden,
  InvalidInput,
  NotFound,
  QuotaExceeded,
  Stale,
  Throttled,
  Unauthenticated,
  Unavailable,
  Unclassified,
  Unsupported
} from "@orrery/core"

/** What of an SDK fault we read. */
interface Fault {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

const capacity = new Set([
  "InsufficientInstanceCapacity",
  "InsufficientHostCapacity",
  "InsufficientReservedInstanceCapacity",
  "UnfulfillableCapacity",
  "ReservationCapacityExceeded",
  "Unsupported",
  "SpotMaxPriceTooLow"
])
const quota = new Set([
  "InsufficientFreeAddressesInSubnet",
  "InsufficientAddressCapacity",
  "InsufficientVolumeCapacity",
  "MaxSpotInstanceCountExceeded",
  "MaxSpotFleetRequestCountExceeded",
  "MaxFleetCountExceeded",
  "ResourceCountExceeded",
  "PendingVerification"
])
const throttle = new Set([
  "RequestLimitExceeded",
  "EC2ThrottledException",
  "BandwidthLimitExceeded",
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "RequestThrottled",
  "RequestThrottledException",
  "TooManyRequestsException",
  "SlowDown"
])
const identity = new Set([
  "AuthFailure",
  "InvalidClientTokenId",
  "ExpiredToken",
  "ExpiredTokenException",
  "MissingAuthenticationToken",
  "IncompleteSignature",
  "RequestExpired",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
  "OptInRequired"
])
const forbidden = new Set([
  "UnauthorizedOperation",
  "AccessDenied",
  "AccessDeniedException",
  "AuthFailure.ServiceLinkedRoleCreationNotPermitted",
  "Blocked",
  "OperationNotPermitted"
])
/** Something else is under way with the same thing, or it is not yet as the call needs it. */
const inTheWay = new Set([
  "DependencyViolation",
  "IncorrectInstanceState",
  "IncorrectState",
  "IncorrectSpotRequestState",
  "ConcurrentTagAccess",
  "PriorRequestNotComplete"
])
const network = new Set([
  "TimeoutError",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "ETIMEDOUT",
  "AbortError",
  "NetworkingError"
])

/** Pure: one vendor fault in, one of our reasons out. `subject` is what the call was about. */
export const classify = (operation: string, subject: string, thrown: unknown): ComputeError => {
  const fault: Fault = typeof thrown === "object" && thrown !== null ? thrown : { message: String(thrown) }
  const code = fault.name === "Error" || fault.name === undefined ? (fault.code ?? "") : fault.name
  const requestId = fault.$metadata?.requestId
  const at = { backend: "aws", operation, code, ...(requestId === undefined ? {} : { requestId }) }
  const detail = fault.message ?? code
  const status = fault.$metadata?.httpStatusCode ?? 0
  if (code === "CredentialsProviderError")
    return because(new Unauthenticated({ ...at, detail: `no credentials: ${howToLogIn}` }))
  if (detail === "Region is missing") return because(new InvalidInput({ ...at, problems: [noRegion] }))
  if (capacity.has(code)) return because(new CapacityExhausted({ ...at, offering: subject }))
  if (throttle.has(code) || status === 429) return because(new Throttled({ ...at, ...retryAfter(fault) }))
  if (quota.has(code) || /LimitExceeded$/.test(code))
    return because(new QuotaExceeded({ ...at, quota: `${code}: ${detail}` }))
  if (identity.has(code)) return because(new Unauthenticated({ ...at, detail }))
  if (forbidden.has(code)) return because(new Forbidden({ ...at, detail }))
  if (code === "UnsupportedOperation") return because(new Unsupported({ ...at, feature: operation, why: detail }))
  if (code === "IdempotentParameterMismatch")
    return because(
      new Conflict({ ...at, kind: "machine", name: subject, detail: "its token was used for another request" })
    )
  if (inTheWay.has(code)) return because(new Stale({ ...at, detail }))
  if (/NotFound/.test(code)) return because(new NotFound({ ...at, kind: "resource", name: subject }))
  if (/\.Duplicate$|AlreadyExists/.test(code))
    return because(new Conflict({ ...at, kind: "resource", name: subject, detail: "it exists already" }))
  if (network.has(code) || (fault.code !== undefined && network.has(fault.code)) || status >= 500)
    return because(new Unavailable({ ...at, detail }))
  if (/^(Invalid|Missing|Malformed|Unknown)/.test(code) || code === "ValidationError")
    return because(new InvalidInput({ ...at, problems: [{ path: subject, message: detail }] }))
  return because(new Unclassified({ ...at, detail: `${code} ${detail}`.trim() }))
}

const howToLogIn =
  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile that is logged in with AWS_PROFILE"
const noRegion = {
  path: "cluster.region",
  message: "no region is given",
  remedy: "name one in the cluster's file or in AWS_REGION"
}

const retryAfter = ({ $response }: Fault) => {
  const seconds = Number($response?.headers?.["retry-after"])
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: Math.ceil(seconds * 1000) } : {}
}
