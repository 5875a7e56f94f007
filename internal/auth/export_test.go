package auth

// NewCheap is New with passwords that take next to nothing.
func NewCheap(c Config) *Auth {
	c.cost = cost{memory: 64, passes: 1, lanes: 1}
	return New(c)
}

// dear is long enough to be measured.
var dear = cost{memory: 4 << 10, passes: 2, lanes: 1}

// NewDear is New with passwords whose time can be measured.
func NewDear(c Config) *Auth {
	c.cost = dear
	return New(c)
}

// HashDear is what NewDear keeps of a password.
func HashDear(password string) string { return hashPassword(password, dear) }
