// runBlock.ts FILE: runs a page's TypeScript with simulated backends in the place of real ones, and the Effect it exports
// as `program`, if it does. Fails where nothing reached a backend: such a block would show nothing.
import { registerHooks } from "node:module"
import { pathToFileURL } from "node:url"
import { Effect } from "effect"

const page = pathToFileURL(process.argv[2] ?? "").href
const backend = /^@orrery\/(provider-\w+|simulator\/backend)$/
registerHooks({
  resolve: (specifier, context, next) => {
    const name = context.parentURL === page ? backend.exec(specifier)?.[1]?.replace("/", "-") : undefined
    const stood = name === undefined ? specifier : new URL(`simulated/${name}.ts`, import.meta.url).href
    return next(stood, context)
  }
})

const block: unknown = await import(page)
if (typeof block === "object" && block !== null && "program" in block && Effect.isEffect(block.program))
  await Effect.runPromise(block.program as Effect.Effect<unknown, unknown>)
const { reachedCalls } = await import("./simulated/provider.ts")
if (reachedCalls().length === 0) throw new Error("it reached no backend")
console.log(reachedCalls().join(" "))
