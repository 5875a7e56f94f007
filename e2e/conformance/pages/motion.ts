// Scroll positions and animations.
import { ask, type Case } from '../case.ts';

export const motion: Case[] = [
  {
    name: 'scroll positions',
    head: `<style>.box{width:200px;height:60px;overflow:auto}.tall{height:900px;width:600px;background:linear-gradient(red,blue)}
      #sticky{position:sticky;top:0;background:white}#snap{scroll-snap-type:y mandatory}#snap i{display:block;height:60px;scroll-snap-align:start}
      #hidden{overflow:hidden}</style>`,
    html: `<p id=sticky>sticky</p><div class=box id=box><div class=tall></div></div><div class=box id=hidden><div class=tall></div></div>
      <div class=box id=rtl dir=rtl><div class=tall></div></div><div class=box id=snap><i>1</i><i>2</i><i>3</i></div><div id=host></div>
      <textarea id=area rows=2>1\n2\n3\n4\n5\n6\n7</textarea><div class=box id=grown></div><div class=box id=again><div class=tall></div></div>
      <div class=box id=smooth><div class=tall></div></div><div style="height:2000px;width:1500px"></div>`,
    whole: ['tree', 'scroll', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const $ = (id: string) => document.getElementById(id) as HTMLElement;
        const root = $('host').attachShadow({ mode: 'open' });
        root.innerHTML = '<div style="height:50px;overflow:auto"><p style="height:500px">in a shadow</p></div>';
        $('box').scrollTo(40, 100);
        $('hidden').scrollTop = 33;
        $('rtl').scrollLeft = -50;
        $('snap').scrollTop = 60;
        (root.firstChild as HTMLElement).scrollTop = 77;
        $('area').scrollTop = 20;
        for (let n = 0; n < 50; n++) $('grown').append(`line ${n}`, document.createElement('br'));
        $('grown').scrollTop = 1e6;
        $('again').scrollTop = 200;
        $('smooth').scrollTo({ top: 150, behavior: 'smooth' });
        scrollTo({ left: 30, top: 120, behavior: 'instant' });
        await new Promise((resolve) => setTimeout(resolve, 100));
        $('again').scrollTop = 0;
        for (let i = 0; i < 100 && $('smooth').scrollTop < 150; i++) await new Promise((r) => setTimeout(r, 20));
      });
    },
    probes: {
      'scroll: window': ask((q) => [Math.round(q.w.scrollX), Math.round(q.w.scrollY)], [30, 120]),
      'scroll: element, both ways': ask((q) => [q.$('#box').scrollLeft, q.$('#box').scrollTop], [40, 100]),
      'scroll: overflow hidden': ask((q) => q.$('#hidden').scrollTop, 33),
      'scroll: right to left': ask((q) => q.$('#rtl').scrollLeft, -50),
      'scroll: snapped': ask((q) => q.$('#snap').scrollTop, 60),
      'scroll: in a shadow root': ask((q) => q.$('div', q.root('#host')).scrollTop, 77),
      'scroll: textarea': ask((q) => q.$('#area').scrollTop, 20),
      'scroll: to the end of what was added': ask((q) => q.$('#grown').scrollTop > 100),
      'scroll: back to the start': ask((q) => q.$('#again').scrollTop, 0),
      'scroll: smooth, at its end': ask((q) => Math.round(q.$('#smooth').scrollTop), 150),
      'sticky: where it stands': ask((q) => Math.round(q.$('#sticky').getBoundingClientRect().top), 0),
    },
  },
  {
    name: 'animations by script',
    head: '<style>div{width:20px;height:20px;background:tan;margin:2px}#pseudo::before{content:"x"}</style>',
    html: '<div id=end></div><div id=paused></div><div id=cancelled></div><div id=pseudo></div><div id=committed></div><div id=rate></div><div id=group></div>',
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const $ = (id: string) => document.getElementById(id) as HTMLElement;
        const right = [{ transform: 'none' }, { transform: 'translateX(100px)' }];
        const fill = { duration: 50, fill: 'forwards' as const };
        const end = $('end').animate(right, fill);
        const paused = $('paused').animate({ opacity: [0, 1] }, { duration: 1000, fill: 'both' });
        paused.pause();
        paused.currentTime = 250;
        const cancelled = $('cancelled').animate(right, fill);
        $('pseudo').animate({ color: ['red', 'green'] }, { ...fill, pseudoElement: '::before' });
        const committed = $('committed').animate({ marginLeft: ['0px', '70px'] }, fill);
        const rate = $('rate').animate({ width: ['20px', '220px'] }, { duration: 1e6, fill: 'both' });
        rate.playbackRate = 2;
        rate.pause();
        rate.currentTime = 5e5;
        $('group').animate({ '--x': ['1px', '1px'], height: ['20px', '40px'] }, fill);
        await end.finished;
        await committed.finished;
        committed.commitStyles();
        committed.cancel();
        cancelled.cancel();
      });
    },
    probes: {
      'WAAPI end state': ask((q) => q.css('#end', 'transform'), 'matrix(1, 0, 0, 1, 100, 0)'),
      'WAAPI: paused on its way': ask((q) => q.css('#paused', 'opacity'), '0.25'),
      'WAAPI: cancelled': ask((q) => q.css('#cancelled', 'transform'), 'none'),
      'WAAPI: pseudo-element': ask((q) => q.css('#pseudo', 'color', '::before'), 'rgb(0, 128, 0)'),
      'WAAPI: committed styles': ask((q) => q.css('#committed', 'margin-left'), '70px'),
      'WAAPI: rate, paused half-way': ask((q) => q.css('#rate', 'width'), '120px'),
      'WAAPI: several properties': ask((q) => q.css('#group', 'height'), '40px'),
    },
  },
  {
    name: 'animations by style sheets',
    head: `<style>@keyframes go{to{transform:translateX(50px)}}@keyframes fade{from{opacity:0}to{opacity:.5}}div{width:20px;height:20px;background:tan}
      #end{animation:go 20ms forwards}#paused{animation:fade 1s paused -500ms linear both}#class.on{animation:fade 20ms forwards}
      #turn{transition:width 20ms}#turn.on{width:80px}#script{animation:fade 1000s linear both}</style>`,
    html: '<div id=end></div><div id=paused></div><div id=class></div><div id=turn></div><div id=script></div>',
    whole: ['tree', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const $ = (id: string) => document.getElementById(id) as HTMLElement;
        $('class').className = 'on';
        $('turn').className = 'on';
        const [animation] = $('script').getAnimations();
        animation?.pause();
        if (animation) animation.currentTime = 400_000;
        await new Promise((resolve) => setTimeout(resolve, 100));
      });
    },
    probes: {
      'animation: end state': ask((q) => q.css('#end', 'transform'), 'matrix(1, 0, 0, 1, 50, 0)'),
      'animation: paused by its sheet': ask((q) => q.css('#paused', 'opacity'), '0.25'),
      'animation: begun by a class': ask((q) => q.css('#class', 'opacity'), '0.5'),
      'transition: end state': ask((q) => q.css('#turn', 'width'), '80px'),
      'animation of a sheet: paused by script': ask((q) => Number(q.css('#script', 'opacity')).toFixed(2), '0.20'),
    },
  },
];
