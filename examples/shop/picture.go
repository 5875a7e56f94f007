package shop

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"
	"strings"
)

// picture draws a product's picture from its name: dunes under a sun, so that the shop has real images and no binary files.
func picture(w http.ResponseWriter, r *http.Request) {
	slug := strings.TrimSuffix(r.PathValue("name"), ".png")
	if _, ok := find(slug); !ok {
		http.NotFound(w, r)
		return
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, draw(slug, 480, 360)); err != nil {
		http.Error(w, "The picture could not be drawn.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(buf.Bytes())
}

func draw(name string, width, height int) image.Image {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	seed := float64(h.Sum32()%1000) / 1000
	palette := color.Palette{}
	for i := range 12 {
		palette = append(palette, hue(seed*0.35+0.02+float64(i)*0.012, 0.30+0.03*float64(i), 0.96-0.062*float64(i)))
	}
	palette = append(palette, color.RGBA{255, 250, 236, 255})
	img := image.NewPaletted(image.Rect(0, 0, width, height), palette)
	sunX, sunY := float64(width)*(0.25+0.5*seed), float64(height)*0.30
	for y := range height {
		for x := range width {
			shade := 0
			for layer := range 9 {
				phase := seed*17 + float64(layer)*1.7
				line := float64(height) * (0.38 + 0.07*float64(layer) + 0.05*math.Sin(float64(x)/float64(width)*(4+float64(layer)*0.6)+phase))
				if float64(y) > line {
					shade = layer + 2
				}
			}
			if shade == 0 && math.Hypot(float64(x)-sunX, float64(y)-sunY) < float64(height)*0.11 {
				shade = len(palette) - 1
			}
			img.SetColorIndex(x, y, uint8(shade))
		}
	}
	return img
}

// hue is HSV to RGB; h in turns.
func hue(h, s, v float64) color.RGBA {
	channel := func(n float64) uint8 {
		k := math.Mod(n+h*6, 6)
		return uint8(255 * (v - v*s*math.Max(0, math.Min(math.Min(k, 4-k), 1))))
	}
	return color.RGBA{channel(5), channel(3), channel(1), 255}
}
