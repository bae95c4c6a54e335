import type { Container, HealthCheck, Port, Probe, Problem } from "@orrery/core"
import { ofObjectName, ofRepeated, ofText, problemIf } from "./problemsOfText.ts"

const dataKey = /^[-._a-zA-Z0-9]+$/

const ofPorts = (path: string, ports: ReadonlyArray<Port>): ReadonlyArray<Problem> => [
  ...ofRepeated(
    ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`),
    (index) => `${path}.ports.${index}`,
    "port"
  ),
  ...ofRepeated(
    ports.flatMap(({ name }) => name ?? []),
    (index) => `${path}.ports.${index}.name`,
    "the port name"
  ),
  ...ports.flatMap(({ name = "a" }, index) =>
    problemIf(
      name.length > 15 || !/[a-z]/.test(name) || name.includes("--"),
      `${path}.ports.${index}.name`,
      `${JSON.stringify(name)} can be no port's name`,
      "write at most 15 lower-case letters, digits and single '-', with a letter among them"
    )
  )
]

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535

const ofProbe = (path: string, { exec, grpc, http, tcp }: Probe): ReadonlyArray<Problem> => {
  const port = http?.port ?? tcp?.port ?? grpc?.port
  return [
    ...problemIf(port !== undefined && !isPort(port), `${path}.port`, `${port} is no port`, "write 1 to 65535"),
    ...problemIf(http?.path === "", `${path}.http.path`, "it is empty", "write / for the top"),
    ...(exec?.command ?? []).flatMap((word, index) => ofText(`${path}.exec.command.${index}`, word))
  ]
}

const ofHealth = (path: string, { liveness, readiness, startup }: HealthCheck): ReadonlyArray<Problem> =>
  Object.entries({ liveness, readiness, startup }).flatMap(([name, probe]) =>
    probe === undefined ? [] : ofProbe(`${path}.healthCheck.${name}`, probe)
  )

const ofEnvironment = (path: string, { environment }: Container): ReadonlyArray<Problem> => [
  ...ofRepeated(
    environment.map(({ name }) => name),
    (index) => `${path}.environment.${index}.name`,
    "the variable"
  ),
  ...environment.flatMap(({ name, secret, value }, index) => {
    const at = `${path}.environment.${index}`
    return [
      ...(value === undefined ? [] : ofText(`${at}.value`, `${name}=${value}`)),
      ...(secret === undefined ? [] : ofObjectName(`${at}.secret.name`, secret.name)),
      ...problemIf(
        secret !== undefined && (secret.key.length > 253 || !dataKey.test(secret.key) || /^\.\.?$/.test(secret.key)),
        `${at}.secret.key`,
        `${JSON.stringify(secret?.key.slice(0, 60))} can be no key of a secret`,
        "write letters, digits, '-', '_' and '.'"
      )
    ]
  })
]

const ofMounts = (path: string, { mounts }: Container, volumes: ReadonlySet<string>): ReadonlyArray<Problem> => [
  ...ofRepeated(
    mounts.map((mount) => mount.path),
    (index) => `${path}.mounts.${index}.path`,
    "a mount at"
  ),
  ...mounts.flatMap(({ name }, index) =>
    problemIf(
      !volumes.has(name),
      `${path}.mounts.${index}.name`,
      `the pod has no volume ${name}`,
      `name one of ${[...volumes].join(", ") || "the pod's volumes: it has none"}`
    )
  )
]

/** What an API server, or the program itself, would not take of one container. */
export const problemsOfContainer = (
  path: string,
  container: Container,
  volumes: ReadonlySet<string>
): ReadonlyArray<Problem> => [
  ...ofPorts(path, container.ports),
  ...(container.healthCheck === undefined ? [] : ofHealth(path, container.healthCheck)),
  ...ofEnvironment(path, container),
  ...ofMounts(path, container, volumes),
  ...(container.command ?? []).flatMap((word, index) => ofText(`${path}.command.${index}`, word)),
  ...(container.args ?? []).flatMap((word, index) => ofText(`${path}.args.${index}`, word))
]
