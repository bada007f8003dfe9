import type { Site, Volume } from './state.ts';

/** What LINSTOR would say of this volume's resources is made anew when it is next asked. */
export function linkTouched(site: Site, { name }: Volume): void {
  site.linstor.texts.delete('/v1/view/resources');
  site.linstor.texts.delete(resourcesKey(name));
}

/** Where the text of one volume's resources is kept, beside the replies that it is part of. */
export function resourcesKey(name: string): string {
  return `resources of ${name}`;
}

/** Something that it keeps was written: everything is made anew. */
export function linstorTouched(site: Site): void {
  site.linstor.texts.clear();
}
