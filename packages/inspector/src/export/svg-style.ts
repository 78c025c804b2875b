/** The look of a picture, light and dark. Each rule begins with the class of the picture: where it stands in a page the rest is left alone. */
export const SVG_STYLE = [
  '.sluice-graph{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}',
  '.sluice-graph .ground{fill:#fff}.sluice-graph text{fill:#17202b;font-size:12px}.sluice-graph .name{font-size:14px;font-weight:650}',
  '.sluice-graph .quiet{fill:#56616f}.sluice-graph .joint{font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}',
  '.sluice-graph .box{fill:#fff;stroke:#7d8895;stroke-width:1.2}.sluice-graph .unknown .box{stroke-dasharray:5 4}',
  '.sluice-graph .group{fill:#1a7fb8;fill-opacity:.06;stroke:#1a7fb8;stroke-opacity:.5}.sluice-graph .per-item{stroke-dasharray:2 3}',
  '.sluice-graph .edge{fill:none;stroke:#7d8895;stroke-width:1.6}.sluice-graph .tip{fill:#7d8895}',
  '.sluice-graph .glyph{fill:#1a7fb8}.sluice-graph .operator .glyph{fill:none;stroke:#1a7fb8;stroke-width:1.8}',
  '@media (prefers-color-scheme:dark){',
  '.sluice-graph .ground{fill:#0e1216}.sluice-graph text{fill:#e8edf2}.sluice-graph .quiet{fill:#9ba7b4}.sluice-graph .joint{stroke:#0e1216}',
  '.sluice-graph .box{fill:#171d23;stroke:#77828f}.sluice-graph .edge{stroke:#77828f}.sluice-graph .tip{fill:#77828f}',
  '.sluice-graph .group{fill:#45b0e6;stroke:#45b0e6}.sluice-graph .glyph{fill:#45b0e6}.sluice-graph .operator .glyph{fill:none;stroke:#45b0e6}}',
].join('')
