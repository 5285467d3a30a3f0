// Hands a text or bytes to the browser's download list.

export function saveText(host: Window, name: string, text: string, type: string): void {
  saveBlob(host, name, new Blob([text], { type }));
}

export function saveBytes(host: Window, name: string, bytes: Uint8Array, type: string): void {
  saveBlob(host, name, new Blob([bytes.slice()], { type }));
}

export function saveBlob(host: Window, name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = host.document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the blob by the next task; keeping the address would keep its bytes.
  host.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
