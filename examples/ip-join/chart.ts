import { BarChart } from 'echarts/charts'
import { GridComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, GridComponent, TitleComponent, SVGRenderer])

/** A bar chart as the text of an SVG file: the largest values, with the largest on top. */
export function barChart(title: string, values: readonly (readonly [name: string, value: number])[]): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 800, height: 40 + values.length * 26 })
  const bars = [...values].reverse()
  chart.setOption({
    animation: false,
    title: { text: title, left: 'center' },
    grid: { left: 60, right: 90, top: 48, bottom: 8 },
    xAxis: { type: 'value', show: false },
    yAxis: { type: 'category', data: bars.map(([name]) => name) },
    series: [{
      type: 'bar',
      data: bars.map(([, value]) => value),
      label: { show: true, position: 'right', formatter: ({ value }: { value?: unknown }) => `${(Number(value) / 1e6).toFixed(1)} M` },
    }],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
