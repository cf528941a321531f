"use strict";
(() => {
  const sound = document.getElementById("sound");
  const follow = document.getElementById("follow");
  const now = document.getElementById("now");
  const lights = [...document.querySelectorAll("[data-t]")]
    .map((element) => {
      const [start, end] = element.dataset.t.split(" ").map(Number);
      return { element, start, end };
    })
    .sort((a, b) => a.start - b.start);
  // After a seek an MP3 decoder is silent for a moment: begin a little before the word.
  const LEAD_S = 0.04;
  let lit = null;

  // The index of the last light that has begun by this time, -1 before the first.
  const indexAt = (time) => {
    let low = 0, high = lights.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lights[middle].start <= time + LEAD_S + 0.005) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };

  const show = () => {
    const time = sound.currentTime;
    const light = lights[indexAt(time)];
    const next = light && time < Math.max(light.end, light.start + 0.15) ? light.element : null;
    if (next !== lit) {
      if (lit) lit.classList.remove("lit");
      if (next) next.classList.add("lit");
      lit = next;
      if (lit && follow.checked && !sound.paused) keepInView(lit);
    }
    if (now && sound.duration) {
      const { left, right } = now.dataset;
      const x = Number(left) + ((right - left) * time) / sound.duration;
      now.setAttribute("x1", x);
      now.setAttribute("x2", x);
    }
  };

  const keepInView = (element) => {
    const box = element.getBoundingClientRect();
    if (box.top < 140 || box.bottom > innerHeight - 40) element.scrollIntoView({ block: "center" });
  };

  const run = () => {
    show();
    if (!sound.paused) requestAnimationFrame(run);
  };

  const whenReady = (act) => {
    if (sound.readyState > 0) act();
    else sound.addEventListener("loadedmetadata", act, { once: true });
  };

  const seek = (time) => whenReady(() => { sound.currentTime = Math.max(0, time - LEAD_S); });

  const step = (by) => {
    let index = indexAt(sound.currentTime) + by;
    index = Math.min(lights.length - 1, Math.max(0, index));
    if (lights.length) seek(lights[index].start);
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-at], [data-t]");
    if (!target || !getSelection().isCollapsed) return;
    seek(Number(target.dataset.at ?? target.dataset.t.split(" ")[0]));
    sound.play().catch(() => {});  // paused before it began; what is broken the player shows
  });
  document.getElementById("back").addEventListener("click", () => step(-1));
  document.getElementById("on").addEventListener("click", () => step(1));
  document.getElementById("speed").addEventListener("change", (event) => {
    sound.playbackRate = Number(event.target.value);
  });
  sound.addEventListener("play", run);
  sound.addEventListener("seeked", show);
  sound.addEventListener("timeupdate", show);
})();
