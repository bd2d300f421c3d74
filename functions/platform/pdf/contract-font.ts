import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TrueTypeFont } from './true-type-font.ts';

const FONT_FILE = '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf';

let font: TrueTypeFont | undefined;

/** Noto Sans SC Regular in full (a subset would lack characters of names), read once per process. */
export function contractFont(): TrueTypeFont {
  font ??= new TrueTypeFont(readFileSync(fontPath()), 'NotoSansSC-Regular');
  return font;
}

/** CONTRACT_FONT names the file that a deployed function carries; where it is not deployed, the package has it. */
function fontPath(): string {
  const { CONTRACT_FONT: carried, LAMBDA_TASK_ROOT: root = '' } = process.env;
  const deployed = carried === undefined ? undefined : join(root, carried);
  if (deployed !== undefined && existsSync(deployed)) return deployed;
  return fileURLToPath(import.meta.resolve(FONT_FILE));
}
