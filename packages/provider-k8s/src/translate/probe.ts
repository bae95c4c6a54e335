import type { Probe } from "@orrery/core"
import type { V1Probe } from "../Client.ts"
import type { Wire } from "../objects/wire.ts"

const seconds = (durationMs: number): number => Math.ceil(durationMs / 1000)

const toWay = ({ exec, grpc, http, tcp }: Probe): Wire<V1Probe> => {
  if (http !== undefined) return { httpGet: { path: http.path, port: http.port } }
  if (tcp !== undefined) return { tcpSocket: { port: tcp.port } }
  if (exec !== undefined) return { exec: { command: exec.command } }
  return grpc === undefined
    ? {}
    : { grpc: { port: grpc.port, ...(grpc.service === undefined ? {} : { service: grpc.service }) } }
}

/** A probe in whole seconds, rounded up: Kubernetes knows nothing finer. */
export const toProbe = (probe: Probe): Wire<V1Probe> => ({
  ...toWay(probe),
  ...(probe.initialDelayMs > 0 ? { initialDelaySeconds: seconds(probe.initialDelayMs) } : {}),
  periodSeconds: Math.max(1, seconds(probe.periodMs)),
  timeoutSeconds: Math.max(1, seconds(probe.timeoutMs)),
  failureThreshold: probe.failureThreshold
})

const fromWay = ({ exec, grpc, httpGet, tcpSocket }: Wire<V1Probe>) => {
  if (httpGet !== undefined) return { http: { path: httpGet.path ?? "/", port: Number(httpGet.port) } }
  if (tcpSocket !== undefined) return { tcp: { port: Number(tcpSocket.port) } }
  if (grpc !== undefined)
    // the server writes down an empty service where none was given
    return { grpc: { port: grpc.port, ...((grpc.service ?? "") === "" ? {} : { service: grpc.service ?? "" }) } }
  return { exec: { command: exec?.command ?? [] } }
}

/** A probe as Kubernetes has it, with its defaults. */
export const fromProbe = (probe: Wire<V1Probe>): Probe => ({
  ...fromWay(probe),
  initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1000,
  periodMs: (probe.periodSeconds ?? 10) * 1000,
  timeoutMs: (probe.timeoutSeconds ?? 1) * 1000,
  failureThreshold: probe.failureThreshold ?? 3
})
