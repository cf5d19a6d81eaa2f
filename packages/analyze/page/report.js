/* Draws the charts of the page. It reads one data block, and asks the network for nothing. */
;(() => {
  const HEIGHT = 200
  const { zone, charts } = JSON.parse(document.getElementById('charts').textContent)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
  const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
  const dollars = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })
  const moments = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  })

  const AXIS = { count: (value) => short.format(value), usd: money, share, ms: time }
  const EXACT = { count: (value) => whole.format(value), usd: money, share, ms: time }

  /* The day stands where it begins, and under the first tick. */
  function dates(ticks, step) {
    let last = ''
    return ticks.map((tick) => {
      const [date, clock] = moments.format(new Date(tick * 1000)).split(' ')
      const isNew = date !== last
      last = date
      if (step >= 86_400) return date.slice(5)
      return isNew ? `${clock}\n${date.slice(5)}` : clock
    })
  }

  function money(value) {
    return `$${dollars.format(value)}`
  }

  function share(value) {
    return `${Number((value * 100).toPrecision(3))} %`
  }

  function time(ms) {
    return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`
  }

  /* On paper the page is light whatever the screen is. */
  function colors(printing) {
    const style = getComputedStyle(document.documentElement)
    const of = (name) => style.getPropertyValue(`--${name}`).trim()
    const paper = {
      first: '#1f5fbf',
      second: '#9a5b00',
      bad: '#b3261e',
      dim: '#56606e',
      line: '#d5dbe3',
    }
    const screen = Object.fromEntries(Object.keys(paper).map((name) => [name, of(name)]))
    return printing ? paper : screen
  }

  function options(chart, width, printing, onCursor) {
    const color = colors(printing)
    const axis = {
      stroke: color.dim,
      grid: { stroke: color.line, width: 1 },
      ticks: { show: false },
    }
    const axisText = AXIS[chart.unit]
    return {
      width,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false } },
      scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.05 : 1] } },
      axes: [
        { ...axis, space: 70, values: (_plot, ticks, _axis, _space, step) => dates(ticks, step) },
        { ...axis, size: 64, values: (_plot, ticks) => ticks.map((tick) => axisText(tick)) },
      ],
      series: [
        {},
        ...chart.lines.map((line) => ({
          label: line.label,
          stroke: color[line.color],
          width: 2,
          dash: line.color === 'second' ? [6, 3] : [],
          points: { show: chart.times.length < 40, size: 5 },
        })),
      ],
      hooks: { setCursor: [onCursor] },
    }
  }

  function show(element, chart) {
    const readout = element.parentElement.querySelector('output')
    let plot
    let at = -1

    function read(index) {
      if (index === null || index === undefined) {
        readout.textContent = ''
        return
      }
      at = index
      const text = EXACT[chart.unit]
      const values = chart.lines.map(
        ({ label, values }) => `${label} ${values[index] === null ? '–' : text(values[index])}`,
      )
      readout.textContent = `${moments.format(new Date(chart.times[index] * 1000))}: ${values.join(', ')}`
    }

    function draw(printing) {
      plot?.destroy()
      const width = Math.max(160, Math.floor(element.clientWidth))
      const data = [chart.times, ...chart.lines.map(({ values }) => values)]
      plot = new uPlot(
        options(chart, width, printing, (drawn) => read(drawn.cursor.idx)),
        data,
        element,
      )
    }

    function move(to) {
      const index = Math.min(Math.max(to, 0), chart.times.length - 1)
      plot.setCursor({ left: plot.valToPos(chart.times[index], 'x'), top: 0 })
      read(index)
    }

    draw(false)
    new ResizeObserver(() => {
      const width = Math.max(160, Math.floor(element.clientWidth))
      if (width !== plot.width) plot.setSize({ width, height: HEIGHT })
    }).observe(element)
    element.addEventListener('keydown', (event) => {
      const last = chart.times.length - 1
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key]
      if (to === undefined) return
      event.preventDefault()
      move(to)
    })
    dark.addEventListener('change', () => draw(false))
    addEventListener('beforeprint', () => draw(true))
    addEventListener('afterprint', () => draw(false))
  }

  for (const element of document.querySelectorAll('[data-chart]')) {
    show(element, charts[Number(element.dataset.chart)])
  }
})()
