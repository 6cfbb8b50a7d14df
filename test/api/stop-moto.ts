export default async function stopMoto(): Promise<void> {
  await globalThis.motoServer?.stop();
}
