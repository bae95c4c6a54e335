import type { Fault } from "../classify.ts"

/** What a failed reply came to, as `classify` reads it. */
export class Refused extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.message ?? "refused")
    this.fault = fault
  }
}

interface Thrown {
  readonly cause?: { readonly code?: string; readonly message?: string }
  /** What a WebSocket tells of its own failure. */
  readonly error?: Thrown
  readonly code?: string
  readonly message?: string
}

/** Whatever was thrown on the way to the server, as `classify` reads it. */
export const faultOf = (thrown: unknown): Fault => {
  if (thrown instanceof Refused) return thrown.fault
  const { cause, code, error, message } = (typeof thrown === "object" && thrown !== null ? thrown : {}) as Thrown
  // a refused WebSocket tells its status in words only
  const status = /^Unexpected server response: (\d{3})$/.exec(message ?? "")?.[1]
  return {
    ...(status === undefined ? {} : { status: Number(status) }),
    code: code ?? error?.code ?? cause?.code ?? "",
    message: cause?.message ?? message ?? String(thrown)
  }
}

interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly text: string
}

const parsed = (text: string): NonNullable<Fault["body"]> | undefined => {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === "object" && body !== null ? body : undefined
  } catch {
    return undefined
  }
}

/** A reply that says no. Every answer of an API server carries its audit id: one without it and without a status came from elsewhere. */
export const faultOfReply = ({ headers, status, text }: Reply): Fault => {
  const body = parsed(text)
  const retryAfter = Number(headers["retry-after"])
  const requestId = headers["audit-id"]?.toString()
  return {
    status,
    message: body?.message ?? text.slice(0, 1000),
    ...(body === undefined ? {} : { body }),
    ...(body === undefined && requestId === undefined ? { foreign: true } : {}),
    ...(retryAfter > 0 ? { retryAfterMs: Math.ceil(retryAfter * 1000) } : {}),
    ...(requestId === undefined ? {} : { requestId })
  }
}
