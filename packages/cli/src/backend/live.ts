import { because, type ComputeError, Failed, type Provider, production } from "@orrery/core"
import { type Config, Context, Effect, FileSystem, Layer, Option } from "effect"
import { openBackend } from "./Backend.ts"
import { Backends, type OpenOptions } from "./Backends.ts"
import { Environment } from "./Environment.ts"

const load = <Module>(provider: Provider, importing: () => Promise<Module>): Effect.Effect<Module, ComputeError> =>
  Effect.tryPromise({
    try: importing,
    catch: (fault) =>
      because(
        new Failed({
          backend: provider,
          operation: "load",
          detail: `its provider cannot be loaded: ${fault}`,
          hint: `run it with Node 22.19 or newer (this is ${process.version}); if that does not help, install it anew`
        })
      )
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
  const { Kubernetes, KubernetesAdmin, layer } = yield* load("kubernetes", () => import("@orrery/provider-k8s"))
  const services = layer({ ...given("kubeconfig", settings.kubeconfig) }).pipe(production())
  return yield* openBackend("kubernetes", services, {
    usageIn: (context) => {
      const { nodeUsage, podUsage } = Context.get(context, KubernetesAdmin)
      return { nodes: nodeUsage, pods: podUsage }
    },
    beyondIn: (context) => Context.get(context, Kubernetes)
  })
})

const sim = Effect.fnUntraced(function* (settings: Config.Success<typeof Environment>, state?: string) {
  const { openSim } = yield* load("sim", () => import("./sim.ts"))
  return yield* openSim(settings.simSeed, state ?? Option.getOrUndefined(settings.simState))
})

/** The backends, reached as the environment says. */
export const layer = Layer.effect(
  Backends,
  Effect.gen(function* () {
    const settings = yield* Environment
    const files = yield* FileSystem.FileSystem
    return Backends.of({
      open: (provider, { region, state }: OpenOptions = {}) => {
        switch (provider) {
          case "aws":
            return aws(settings, region)
          case "sim":
            return Effect.provideService(sim(settings, state), FileSystem.FileSystem, files)
          case "kubernetes":
            return kubernetes(settings)
          case "htcondor":
            return condor(settings)
        }
      }
    })
  })
)
