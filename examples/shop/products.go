package shop

import (
	"fmt"
	"strings"
)

// Product of the shop; Price in cents.
type Product struct {
	Slug  string `json:"slug"`
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Price int    `json:"price"`
	Stock int    `json:"stock"`
	Stars int    `json:"stars"`
}

var products = []Product{
	{"harbour-pannier", "Harbour pannier", "Bags", "Roll-top pannier, 22 litres, waxed canvas with a welded seam.", 8900, 14, 5},
	{"gull-saddlebag", "Gull saddlebag", "Bags", "Small saddlebag for two tubes, a tool and a sandwich.", 4200, 3, 4},
	{"dune-handlebar", "Dune handlebar bag", "Bags", "Opens with one hand. Map pocket on top.", 6400, 9, 5},
	{"breaker-lamp", "Breaker lamp", "Lights", "Dynamo headlamp with a beam that spares the oncoming.", 7800, 21, 4},
	{"buoy-rear", "Buoy rear light", "Lights", "Steady or slow pulse. Charges in an hour.", 2900, 40, 5},
	{"spray-guard", "Spray guards", "Parts", "Full-length mudguards, alloy, for tyres up to 42 mm.", 5600, 0, 3},
	{"keel-stand", "Keel kickstand", "Parts", "Two-leg stand that carries a loaded bike.", 4900, 12, 4},
	{"tern-gloves", "Tern gloves", "Clothing", "Merino and leather. Made for the cold half of the year.", 3900, 17, 5},
	{"swell-cape", "Swell rain cape", "Clothing", "Packs into its own pocket. Covers rider, bar and knees.", 9900, 6, 4},
}

func find(slug string) (Product, bool) {
	for _, p := range products {
		if p.Slug == slug {
			return p, true
		}
	}
	return Product{}, false
}

func search(query string) []Product {
	query = strings.ToLower(query)
	if query == "" {
		return products
	}
	var out []Product
	for _, p := range products {
		if strings.Contains(strings.ToLower(p.Name+" "+p.Kind+" "+p.Text), query) {
			out = append(out, p)
		}
	}
	return out
}

func money(cents int) string { return fmt.Sprintf("€%d.%02d", cents/100, cents%100) }
