import { because, type ComputeError, type Provider, production, Unavailable } from "@orrery/core"
import { type Config, Effect, Layer, Option } from "effect"
import { openBackend } from "./Backend.ts"
import { Backends, unreachable } from "./Backends.ts"
import { Environment } from "./Environment.ts"

const load = <Module>(provider: Provider, importing: () => Promise<Module>): Effect.Effect<Module, ComputeError> =>
  Effect.tryPromise({
    try: importing,
    catch: (fault) => because(new Unavailable({ backend: provider, operation: "load", detail: String(fault) }))
  })

const given = <Key extends string, Value>(key: Key, value: Option.Option<Value>): { readonly [K in Key]?: Value } =>
  Option.isSome(value) ? ({ [key]: value.value } as { readonly [K in Key]: Value }) : {}

const aws = Effect.fnUntraced(function* (settings: Config.Success<typeof Environment>, region?: string) {
  const { layer } = yield* load("aws", () => import("@orrery/provider-aws"))
  return yield* openBackend(
    "aws",
    layer({
      ...given("region", region === undefined ? settings.awsRegion : Option.some(region)),
      ...given("endpoint", settings.awsEndpoint),
      ...given("accessKeyId", settings.awsKey),
      ...given("secretAccessKey", settings.awsSecret),
      ...given("image", settings.awsImage)
    }).pipe(production())
  )
})

const condor = Effect.fnUntraced(function* (settings: Config.Success<typeof Environment>) {
  const { layer } = yield* load("htcondor", () => import("@orrery/provider-condor"))
  return yield* openBackend(
    "htcondor",
    layer({
      directory: settings.condorDirectory,
      ...given("configFile", settings.condorConfig),
      ...given("bin", settings.condorBin)
    }).pipe(production())
  )
})

const kubernetes = Effect.fnUntraced(function* (settings: Config.Success<typeof Environment>) {
  const { layer } = yield* load("kubernetes", () => import("@orrery/provider-k8s"))
  return yield* openBackend("kubernetes", layer({ ...given("kubeconfig", settings.kubeconfig) }).pipe(production()))
})

/** A world that begins with the command and ends with it. */
const sim = (settings: Config.Success<typeof Environment>) =>
  Effect.flatMap(
    load("sim", () => Promise.all([import("@orrery/simulator"), import("./simulated.ts")])),
    ([{ simulated }, { openSimulated }]) => openSimulated(simulated({ seed: settings.simSeed }))
  )

/** The backends, reached as the environment says. */
export const layer = Layer.effect(
  Backends,
  Effect.map(Environment, (settings) =>
    Backends.of({
      open: (provider, region) => {
        switch (provider) {
          case "aws":
            return aws(settings, region)
          case "sim":
            return sim(settings)
          case "kubernetes":
            return kubernetes(settings)
          case "htcondor":
            return condor(settings)
          default:
            return unreachable(provider)
        }
      }
    })
  )
)
