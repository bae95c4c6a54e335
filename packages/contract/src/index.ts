export * from "./Backend.ts"
export * from "./Check.ts"
export * from "./Foreign.ts"
export * from "./suite.ts"
